// The run that was written down here last: whether it can be believed, and whether its engine is dead.

import { sep } from "node:path";
import { isProcess } from "../processes/proc.ts";
import { readBoot, readPlace } from "./boot.ts";
import type { StatePaths } from "./directory.ts";
import { filesMoved } from "./generated-files.ts";
import { isGuarded, wakeGuard } from "./former-guard.ts";
import { isOwn, type Owner } from "./owner.ts";
import { nothingKept, type RunRecord, type State } from "./state.ts";
import { type Found, readState } from "./state-file.ts";

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
  const { onDeath, ending } = former.run;
  if (onDeath === "end" || ending) return false;
  return former.kind === "going" || isGuarded(former.run);
}

/** The same of the run that is written down in this directory now. */
export function isRunComing(directory: string): boolean {
  return isComing(formerRun(readState(directory).state, directory));
}

/** Continues the guard of the run that is written down in this directory, if its engine is dead: somebody may have stopped it. */
export function wakeFormerGuard(directory: string): void {
  const former = formerRun(readState(directory).state, directory);
  if (former.kind === "killed") wakeGuard(former.run);
}

/**
 * The state that this project and instance have kept; of what somebody else has left here nothing counts. The files of a project
 * that was moved or copied with its state are its own where they are now, as long as they are as they were written.
 */
export function readOwnState(paths: StatePaths): Found {
  const found = readState(paths.directory);
  const { owner } = found.state;
  if (owner === undefined || (owner.root === paths.root && isOwn(owner, paths))) return found;
  const state = isOwn(owner, paths) ? found.state : nothingKept;
  const hasCome = owner.instance === paths.instance && paths.directory.startsWith(paths.root + sep);
  const files = hasCome ? filesMoved(found.state.files, owner.root, paths.root) : state.files;
  return { ...found, state: { ...state, files } };
}

/** The other project or instance whose run is going in this directory, or is being taken over; undefined when there is none. */
export function findForeignRun(paths: StatePaths): (Owner & { readonly pid: number }) | undefined {
  const { state } = readState(paths.directory);
  const { owner } = state;
  if (owner === undefined || isOwn(owner, paths)) return undefined;
  const former = formerRun(state, paths.directory);
  return former.kind === "going" || (former.kind === "killed" && isComing(former))
    ? { ...owner, pid: former.run.engine.pid }
    : undefined;
}
