// `launch stop SERVICE…`: stops services of the run that is going here; the others go on.

import { jsonText } from "../core/sanitize.ts";
import { print } from "./print.ts";
import { isActive, type Member } from "../core/state.ts";
import { askOfRun, namesIn } from "./asked-of-run.ts";
import { isConsentGiven } from "./consent.ts";
import type { AskArgs, stopServiceOptions, Values } from "./options.ts";
import { isInteractive } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** 0 once nothing of them lives, also when nothing did, 1 when the person says no; see `askOfRun` for the rest. */
export function run(args: AskArgs & Pick<Values<typeof stopServiceOptions>, "yes">): Promise<number> {
  return askOfRun(args, {
    async ask(session) {
      const services = namesIn(session.snapshot(), args.service);
      const isNamed = (args.service ?? []).length > 0;
      if (!isNamed && !args.yes && !(await isConsentGivenFor(args, services))) return undefined;
      session.request({ type: "down", services });
      return services;
    },
    wants: false,
    isHeard: (type) => type === "down",
    isDone: (_, member) => isDown(member),
    isGood: isStopped,
    words: (member, took) => (took === undefined ? "was not running" : `is stopped, after ${took}`),
    isGoodAtTheEnd: true,
    nobodyThere() {
      const words = "Nothing of this project runs here.";
      if (!args.quiet) print(args.json ? `${jsonText({ message: words })}\n` : `${words}\n`);
      return 0;
    },
  });
}

/** Without a name, all services stop: a person is asked before, and nobody else may mean that by leaving it out. */
function isConsentGivenFor(args: AskArgs, services: readonly string[]): Promise<boolean> {
  if (!isInteractive({ nonInteractive: false, json: args.json })) {
    throw new UsageError(
      "launch stop without a name stops all services, and needs --yes without a terminal. Name some, or stop the whole run by launch down.",
    );
  }
  return isConsentGiven(`Stop all services (${services.join(", ")})? The run itself goes on; launch down ends it.`);
}

function isDown({ state }: Member): boolean {
  return !isActive(state) && state.status !== "backoff";
}

/** What had failed before is stopped as well; only what outlives SIGKILL is not. */
function isStopped(member: Member): boolean {
  const { state } = member;
  return isDown(member) && !(state.status === "failed" && state.failure.kind === "did-not-stop");
}
