// What a killed run has left, ended without a new one: what the next `launch` would do before it starts anything.

import { rmSync } from "node:fs";
import { socketPaths } from "../control/address.ts";
import { noticeRemark } from "../core/notice.ts";
import { now, sleep } from "../effects/clock.ts";
import { lockInstance } from "../effects/ports/leases.ts";
import type { Lease } from "../effects/ports/lease.ts";
import type { Swept } from "../effects/processes/sweep.ts";
import { realStateDirectory, removeRunFile, type StatePaths } from "../effects/state/directory.ts";
import { endFormer } from "../effects/state/end-former.ts";
import { removeStatuses } from "../effects/state/exit-status.ts";
import { formerRun, isComing, readOwnState } from "../effects/state/former.ts";
import { filesBelow, type WrittenFiles } from "../effects/state/generated-files.ts";
import type { RunRecord } from "../effects/state/state.ts";
import { openStateFile } from "../effects/state/state-file.ts";
import { loadAsAsked } from "./project.ts";
import { endFormerRun } from "./former-run.ts";
import type { GlobalArgs } from "./options.ts";
import { UnreachableError } from "./usage-error.ts";

/** Sentences about what was ended and what could not be. */
export interface Left {
  readonly ended: readonly string[];
  readonly alive: readonly string[];
}

/** How long somebody else who is about to do the same is waited for, in milliseconds, and between two looks. */
const longestWait = 5000;
const interval = 20;

/** Ends it and tidies up after it; undefined where there was nothing. Throws an `UnreachableError` where another launch is at it. */
export async function endLeft(args: GlobalArgs, paths: StatePaths): Promise<Left | undefined> {
  const directory = realStateDirectory(paths.directory);
  if (formerRun(readOwnState(paths).state, directory).kind === "none") return undefined;
  using _lock = await lockFor(directory);
  // Whoever had the lock before may have seen to it.
  const found = readOwnState(paths);
  const former = formerRun(found.state, directory);
  if (former.kind !== "killed") return undefined;
  if (isComing(former)) throw new UnreachableError(beginningWords);
  const written: WrittenFiles = filesBelow(paths.root, found.state.files);
  const swept = await endRun(args, former.run, { ...paths, directory }, written);
  if (swept.alive.length === 0) {
    removeStatuses(directory);
    removeRunFile(paths);
    for (const path of socketPaths(directory)) rmSync(path, { force: true });
    const { run: _, ...kept } = found.state;
    openStateFile(directory, found).write({ ...kept, files: written });
  }
  const [project = ""] = former.run.marker.start.split("/");
  const { ended, alive } = swept;
  if (ended.length + alive.length === 0) return undefined;
  return { ended: wordsOn(project, { ended, alive: [] }), alive: wordsOn(project, { ended: [], alive }) };
}

const beginningWords = "Another launch is just beginning here, or ends what was left. Try again in a moment.";

async function lockFor(directory: string): Promise<Lease> {
  const until = now() + longestWait;
  for (;;) {
    const lock = await lockInstance(directory);
    if (lock !== undefined) return lock;
    if (now() > until) throw new UnreachableError(beginningWords);
    await sleep(interval);
  }
}

/** Programs that are to live, and files that are to stay, are named in the manifest; one that cannot be read names none, and no file goes. */
async function endRun(args: GlobalArgs, run: RunRecord, paths: StatePaths, written: WrittenFiles): Promise<Swept> {
  const loaded = await loadAsAsked(args);
  return loaded.ok ? endFormerRun(run, paths, loaded.project.services, written) : endFormer(run, []);
}

function wordsOn(project: string, { ended, alive }: Pick<Swept, "ended" | "alive">): readonly string[] {
  if (ended.length + alive.length === 0) return [];
  return [`${project}: ${noticeRemark({ kind: "former-run", ended, alive })?.text ?? ""}.`];
}
