// `launch conflicts`: which wanted ports are taken, by whom, and what a run would do about it.

import { jsonText } from "../core/sanitize.ts";
import { print, printError } from "./print.ts";
import { describeConflict } from "../core/failure.ts";
import type { GlobalArgs, SelectionArgs } from "./options.ts";
import { inspectPorts } from "./inspect.ts";
import { leftBehindWords } from "./left-behind.ts";
import { chooseServices } from "./project.ts";

/** Prints every conflict; 3 when there is one, 0 when every port is free or ours. */
export async function run(args: GlobalArgs & SelectionArgs): Promise<number> {
  const chosen = await chooseServices(args);
  if (chosen === undefined) return 2;
  const { conflicts, left } = await inspectPorts(chosen, { instance: args.instance, strictPorts: false });
  const words = leftBehindWords(left);
  if (words !== undefined) printError(`${words}\n`);
  if (args.json) {
    print(`${jsonText({ conflicts: conflicts.map(({ conflict, decision }) => ({ ...conflict, decision })) }, 2)}\n`);
  } else if (conflicts.length === 0) {
    print("no conflicts: every wanted port is free or ours\n");
  } else {
    for (const { conflict, decision } of conflicts) {
      print(
        `${conflict.service}: ${describeConflict(conflict)}\n  without a person: ${decision.choice} (${decision.reason})\n`,
      );
    }
  }
  return conflicts.length === 0 ? 0 : 3;
}
