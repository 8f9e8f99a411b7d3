// `launch restart SERVICE…`: stops services of the run that is going here and starts them again, with the dependents whose
// edges ask for it, or, if that is wanted, with all that run.

import { withFollowers, withRunningDependents } from "../core/needs.ts";
import { type Fleet, isUp } from "../core/state.ts";
import { askOfRun, hasArrived, namesIn, upWords } from "./asked-of-run.ts";
import type { AskArgs } from "./options.ts";

/** 0 once all that were named are ready again, and those that follow their restart; see `askOfRun` for the rest. */
export function run(args: AskArgs & { readonly withDependents: boolean }): Promise<number> {
  const { withDependents: dependents } = args;
  return askOfRun(args, {
    ask(session) {
      const fleet = session.snapshot();
      const services = restartable(fleet, args.service);
      session.request({ type: "restart", services, dependents });
      return Promise.resolve(withFollowers(fleet, dependents ? withRunningDependents(fleet, services) : services));
    },
    wants: true,
    isHeard: (type) => type === "restart",
    isDone: hasArrived,
    isGood: isUp,
    words: upWords,
  });
}

/** What is named; without a name, what is wanted: what somebody has stopped stays stopped. */
function restartable(fleet: Fleet, patterns: readonly string[] | undefined): readonly string[] {
  const all = namesIn(fleet, patterns);
  const wanted = all.filter((name) => fleet.members[name]?.wanted === true);
  const isNamed = patterns !== undefined && patterns.length > 0;
  return isNamed || wanted.length === 0 ? all : wanted;
}
