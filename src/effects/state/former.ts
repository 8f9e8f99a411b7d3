// The run that was written down here last: whether it can be believed, and whether its engine is dead.

import { isProcess } from "../processes/proc.ts";
import { readBoot, readPlace } from "./boot.ts";
import type { RunRecord, State } from "./state.ts";
import { readState } from "./state-file.ts";

/** How the run that was written down last stands. */
export type Former =
  /** Its engine lives. */
  | { readonly kind: "going"; readonly run: RunRecord }
  /** Its engine was killed: what it had may still run. */
  | { readonly kind: "killed"; readonly run: RunRecord }
  /** There was none, it ended as it should, or its numbers mean nothing here and now: another boot, another container, a copied directory. */
  | { readonly kind: "none" };

/** Judges what was read from this directory. */
export function formerRun({ run }: State, directory: string): Former {
  if (run === undefined || run.boot !== readBoot() || run.place !== readPlace(directory)) return { kind: "none" };
  // Where start times are not told, a number alone says nothing.
  if (run.engine.startTicks === undefined) return { kind: "none" };
  return { kind: isProcess(run.engine) ? "going" : "killed", run };
}

/** True while the engine of a run that outlives its engines lives or is being started again. */
export function isComing(former: Former): boolean {
  if (former.kind === "none") return false;
  const { onDeath, ending, guard } = former.run;
  if (onDeath === "end" || ending) return false;
  return former.kind === "going" || (guard !== undefined && isProcess(guard));
}

/** The same of the run that is written down in this directory now. */
export function isRunComing(directory: string): boolean {
  return isComing(formerRun(readState(directory).state, directory));
}
