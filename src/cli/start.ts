// `launch start SERVICE…`: starts services of the run that is going here, and what they need.

import { isUp } from "../core/state.ts";
import { askOfRun, hasArrived, upWords } from "./asked-of-run.ts";
import type { AskArgs } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** 0 once all that were named are up; see `askOfRun` for the rest. */
export function run(args: AskArgs & { readonly deps: boolean }): Promise<number> {
  return askOfRun(args, {
    async ask(session) {
      try {
        return await session.start(args.service ?? [], args.deps);
      } catch (error) {
        throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
      }
    },
    wants: true,
    isHeard: (type) => type === "up",
    isDone: hasArrived,
    isGood: isUp,
    words: upWords,
  });
}
