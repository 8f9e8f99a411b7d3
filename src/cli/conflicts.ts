// `launch conflicts`: which wanted ports are taken, by whom, and what a run would do about it.

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
  if (words !== undefined) process.stderr.write(`${words}\n`);
  if (args.json) {
    process.stdout.write(
      `${JSON.stringify({ conflicts: conflicts.map(({ conflict, decision }) => ({ ...conflict, decision })) }, undefined, 2)}\n`,
    );
  } else if (conflicts.length === 0) {
    process.stdout.write("no conflicts: every wanted port is free or ours\n");
  } else {
    for (const { conflict, decision } of conflicts) {
      process.stdout.write(
        `${conflict.service}: ${describeConflict(conflict)}\n  without a person: ${decision.choice} (${decision.reason})\n`,
      );
    }
  }
  return conflicts.length === 0 ? 0 : 3;
}
