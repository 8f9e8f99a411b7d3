// Ends a stranger's process tree, by consent of whoever was asked. Our own services are ended by their kind, which knows
// their group; a stranger's group may be a whole shell session, so here only the process and what descends from it ends.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Millis, NodeSignal } from "../../core/service.ts";
import { now, sleep } from "../clock.ts";
import { hasProc, isAlive, readStat, type ProcessStat } from "./proc.ts";
import { readTree, signalProcess, signalTree, type Target } from "./signal.ts";

/** How to end it. */
export interface Ending {
  /** Sent first, followed by SIGCONT, since a stopped process acts on nothing. */
  readonly signal: NodeSignal;
  /** From that signal to SIGKILL. */
  readonly graceMs: Millis;
  /** Aborted: the grace is over at once. */
  readonly hurry?: AbortSignal;
}

/** Signals the process and its descendants, waits for the grace, kills what is left; `alive` names what even that did not end. */
export async function endTree(
  leader: Pick<Target, "pid" | "startTicks">,
  ending: Ending,
): Promise<
  { readonly result: "ended" | "gone" | "refused" } | { readonly result: "alive"; readonly pids: readonly number[] }
> {
  const first = readTree(leader);
  if (first.length === 0) return { result: "gone" };
  const signalled = signalTree(hasProc ? first : first.slice(0, 1), ending.signal);
  if (signalled.result === "refused") return { result: "refused" };
  if (!hasProc) await killElsewhere(leader.pid, ending.signal);
  const all = unique([...signalled.tree, ...first]);
  signalEach(all, "SIGCONT");

  let tree = await waitForEnd(all, ending.graceMs, ending.hurry);
  if (tree.length === 0) return { result: "ended" };
  // Twice: a child may have been born while its parent was being killed.
  for (let round = 0; round < 2 && tree.length > 0; round++) {
    const grown = unique([...tree, ...tree.flatMap((stat) => readTree(stat))]);
    signalEach(grown, "SIGKILL");
    tree = await waitForEnd(grown, afterKillMs, undefined);
  }
  return tree.length === 0 ? { result: "ended" } : { result: "alive", pids: tree.map((stat) => stat.pid) };
}

const afterKillMs = 1000;
const pollMs = 10;

function signalEach(tree: readonly ProcessStat[], signal: NodeSignal): void {
  for (const { pid, startTicks } of tree) signalProcess({ pid, startTicks }, signal);
}

async function waitForEnd(
  tree: readonly ProcessStat[],
  ms: Millis,
  hurry: AbortSignal | undefined,
): Promise<readonly ProcessStat[]> {
  const until = now() + ms;
  for (;;) {
    const left = tree.filter(lives);
    if (left.length === 0 || now() >= until || hurry?.aborted === true) return left;
    await sleep(pollMs);
  }
}

function lives({ pid, startTicks }: ProcessStat): boolean {
  const stat = readStat(pid);
  return isAlive(stat) && stat.startTicks === startTicks;
}

function unique(stats: readonly ProcessStat[]): readonly ProcessStat[] {
  return [...new Map(stats.map((stat) => [stat.pid, stat])).values()];
}

// Not run on macOS so far. tree-kill crashes its host when the tools that it calls are missing, so their presence is checked.
async function killElsewhere(pid: number, signal: NodeSignal): Promise<void> {
  if (!isInPath("ps") || !isInPath("pgrep")) return;
  const { default: treeKill } = await import("tree-kill");
  await new Promise<void>((resolve) => treeKill(pid, signal, () => resolve()));
}

function isInPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
