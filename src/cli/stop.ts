// `launch stop SERVICE…`: stops services of the run that is going here; the others go on.

import { isActive, type Member } from "../core/state.ts";
import { askOfRun, namesIn } from "./asked-of-run.ts";
import type { AskArgs } from "./options.ts";

/** 0 once nothing of them lives, also when nothing did; see `askOfRun` for the rest. */
export function run(args: AskArgs): Promise<number> {
  return askOfRun(args, {
    ask(session) {
      const services = namesIn(session.snapshot(), args.service);
      session.request({ type: "down", services });
      return Promise.resolve(services);
    },
    wants: false,
    isHeard: (type) => type === "down",
    isDone: (_, member) => isDown(member),
    isGood: isStopped,
    words: (member, took) => (took === undefined ? "was not running" : `is stopped, after ${took}`),
    isGoodAtTheEnd: true,
    nobodyThere() {
      const words = "Nothing of this project runs here.";
      if (!args.quiet) process.stdout.write(args.json ? `${JSON.stringify({ message: words })}\n` : `${words}\n`);
      return 0;
    },
  });
}

function isDown({ state }: Member): boolean {
  return !isActive(state) && state.status !== "backoff";
}

/** What had failed before is stopped as well; only what outlives SIGKILL is not. */
function isStopped(member: Member): boolean {
  const { state } = member;
  return isDown(member) && !(state.status === "failed" && state.failure.kind === "did-not-stop");
}
