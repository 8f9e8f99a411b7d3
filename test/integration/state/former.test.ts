// What a state that was left is believed, and who is ended by it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStat } from "../../../src/effects/processes/proc.ts";
import { readBoot, readPlace } from "../../../src/effects/state/boot.ts";
import { endFormer, findFormer } from "../../../src/effects/state/end-former.ts";
import { isAlive } from "../../helpers/processes.ts";
import { formerRun, isComing } from "../../../src/effects/state/former.ts";
import { openStateFile, readState } from "../../../src/effects/state/state-file.ts";
import type { LiveRecord, ProcessRecord, RunRecord } from "../../../src/effects/state/state.ts";

let directory: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "launch-former-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

/** A process in a session of its own, with this in its environment. */
function bystander(marker = ""): ProcessRecord & { readonly startTicks: number; isAlive(): boolean } {
  const child = spawn("sleep", ["1000"], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, LAUNCH_RUN: marker },
  });
  children.push(child);
  const { startTicks } = readStat(child.pid!)!;
  return { pid: child.pid!, startTicks, isAlive: () => child.exitCode === null && child.signalCode === null };
}

/** The number of a process that has ended. */
async function deadProcess(): Promise<ProcessRecord> {
  const child = spawn("true");
  const { startTicks } = readStat(child.pid!)!;
  await once(child, "exit");
  return { pid: child.pid!, startTicks };
}

function liveOf({ pid, startTicks }: ProcessRecord): LiveRecord {
  const live = { pid, run: 1, marker: "shop/default/api/1/9", ready: true, tty: false, logFrom: 0, sessionFrom: 0 };
  return { ...live, signal: "SIGTERM", graceMs: 1000, ...(startTicks === undefined ? {} : { startTicks }) };
}

async function runWith(live: LiveRecord, words: Partial<RunRecord> = {}): Promise<RunRecord> {
  return {
    launch: "1.0.0",
    boot: readBoot()!,
    place: readPlace(directory)!,
    engine: await deadProcess(),
    marker: { start: "shop/default/", end: "/9" },
    since: 0,
    onDeath: "end",
    ending: false,
    colors: false,
    startedAt: 0,
    engines: 0,
    reclaims: [],
    services: {
      api: { wanted: true, bounce: false, run: 1, restarts: 0, recentRestarts: [], ports: {}, live },
    },
    ...words,
  };
}

const write = (run: RunRecord): void =>
  openStateFile(directory, { isWhole: false }).write({ ports: {}, files: {}, run });
const judge = (where = directory) => formerRun(readState(where).state, where);

describe("a run that was written down", () => {
  it("was killed when its engine is gone, and is going while that very process lives", async () => {
    const live = liveOf(bystander());
    write(await runWith(live));
    expect(judge().kind).toBe("killed");
    const engine = bystander();
    write(await runWith(live, { engine: { pid: engine.pid, startTicks: engine.startTicks } }));
    expect(judge().kind).toBe("going");
    write(await runWith(live, { engine: { pid: engine.pid, startTicks: engine.startTicks - 1 } }));
    expect(judge().kind).toBe("killed");
  });

  it("counts for nothing in another boot, in a copy of its directory, or without start times", async () => {
    const live = liveOf(bystander());
    write(await runWith(live, { boot: "another boot" }));
    expect(judge().kind).toBe("none");
    const { pid } = await deadProcess();
    write(await runWith(live, { engine: { pid } }));
    expect(judge().kind).toBe("none");

    write(await runWith(live));
    const copy = join(directory, "copy");
    mkdirSync(copy);
    copyFileSync(join(directory, "state.json"), join(copy, "state.json"));
    expect(judge(copy).kind).toBe("none");
    const moved = `${directory}-moved`;
    renameSync(directory, moved);
    directory = moved;
    expect(judge().kind).toBe("killed");
  });

  it("is about to be taken over while its guard lives, unless it is to end", async () => {
    const live = liveOf(bystander());
    const { pid, startTicks } = bystander();
    const guard = { pid, startTicks };
    write(await runWith(live, { guard, onDeath: "reclaim" }));
    expect(isComing(judge())).toBe(true);
    write(await runWith(live, { guard, onDeath: "end" }));
    expect(isComing(judge())).toBe(false);
    write(await runWith(live, { guard, onDeath: "reclaim", ending: true }));
    expect(isComing(judge())).toBe(false);
    write(await runWith(live, { guard: await deadProcess(), onDeath: "reclaim" }));
    expect(isComing(judge())).toBe(false);
  });
});

describe("ending what a killed run has left", () => {
  it("ends the process that was written down", async () => {
    const service = bystander();
    const { ended } = await endFormer(await runWith(liveOf(service)), []);
    expect(ended.map(({ pid }) => pid)).toEqual([service.pid]);
    expect(service.isAlive()).toBe(false);
  });

  it("leaves a process alone that has only got the number", async () => {
    const innocent = bystander();
    const run = await runWith(liveOf({ pid: innocent.pid, startTicks: innocent.startTicks - 17 }));
    expect(await findFormer(run)).toEqual([]);
    expect(await endFormer(run, [])).toMatchObject({ ended: [], alive: [] });
    expect(innocent.isAlive()).toBe(true);
  });

  it("leaves a group alone whose leader is gone, and ends by LAUNCH_RUN what is the run's own", async () => {
    const leader = spawn("sh", ["-c", "sleep 999 >/dev/null & echo $!"], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { startTicks } = readStat(leader.pid!)!;
    const gone = once(leader, "exit");
    const [member] = (await once(leader.stdout, "data")) as [Buffer];
    await gone;
    const stranger = Number(member.toString());
    using _ending = { [Symbol.dispose]: () => process.kill(stranger, "SIGKILL") };
    const own = bystander("shop/default/api/1/9");
    const same = bystander("shop/default/api/1/10");
    const { ended } = await endFormer(await runWith(liveOf({ pid: leader.pid!, startTicks })), []);
    expect(ended.map(({ pid }) => pid)).toEqual([own.pid]);
    expect(same.isAlive()).toBe(true);
    expect(isAlive(stranger)).toBe(true);
  });
});
