// What services use, seen on real processes.

import { expect, test } from "vitest";
import { now } from "../../src/effects/clock.ts";
import { newUsageSampler, sampleUsage } from "../../src/effects/usage.ts";
import { readProcesses } from "../../src/effects/processes/using.ts";
import { readProcessesByPs } from "../../src/effects/processes/using-ps.ts";
import { startNode } from "./ports/strangers.ts";
import { until } from "../helpers/wait.ts";

/** A process that says the pid of its child, which has a session of its own. */
const withChild = `
  import { spawn } from "node:child_process";
  console.log(spawn("sleep", ["1000"], { detached: true, stdio: "ignore" }).pid);
  setInterval(() => {}, 1e6);`;

test("counts a service's process and everything below it, with commands and memory", async () => {
  await using one = await startNode(withChild);
  using _ = { [Symbol.dispose]: () => process.kill(Number(one.line)) };
  await using other = await startNode(`console.log("up"); setInterval(() => {}, 1e6);`);
  await until("the child's program", async () => {
    const { usage } = await sampleUsage({ one: one.pid });
    return usage["one"]?.processes[1]?.command === "sleep 1000";
  });
  const { usage } = await sampleUsage({ one: one.pid, other: other.pid, gone: 4_000_000 });
  expect(Object.keys(usage)).toEqual(["one", "other"]);
  expect(usage["one"]?.processes[0]).toMatchObject({ pid: one.pid, command: expect.stringContaining("node") });
  expect(usage["one"]?.processes[1]).toMatchObject({ pid: Number(one.line), ppid: one.pid });
  expect(usage["other"]?.processes).toHaveLength(1);
  expect(usage["other"]?.memory).toBeGreaterThan(20e6);
  expect(usage["other"]?.memory).toBeLessThan(300e6);
});

test("does not look again at processes that belong to no service, unless another service comes", async () => {
  await using one = await startNode(`console.log("up"); setInterval(() => {}, 1e6);`);
  await using other = await startNode(`console.log("up"); setInterval(() => {}, 1e6);`);
  const first = await sampleUsage({ one: one.pid });
  expect(first.strangers.pids).toContain(other.pid);
  expect(first.strangers.pids).not.toContain(one.pid);
  const again = await sampleUsage({ one: one.pid }, first);
  expect(again.strangers.since).toBe(first.strangers.since);
  expect(again.usage["one"]?.processes).toHaveLength(1);
  const adopted = await sampleUsage({ one: one.pid, other: other.pid }, first);
  expect(adopted.strangers.pids).not.toContain(other.pid);
  expect(Object.keys(adopted.usage)).toEqual(["one", "other"]);
});

test("tells the processor's share between two samples", async () => {
  await using busy = await startNode(`console.log("up"); setTimeout(() => { for (;;); }, 0);`);
  await using idle = await startNode(`console.log("up"); setInterval(() => {}, 1e6);`);
  const pids = { busy: busy.pid, idle: idle.pid };
  const first = await sampleUsage(pids);
  expect(first.usage["busy"]?.cpu).toBe(0);
  await until("half a second", () => now() - first.at > 500);
  const { usage } = await sampleUsage(pids, first);
  expect(usage["busy"]?.cpu).toBeGreaterThan(5);
  expect(usage["busy"]?.cpu).toBeLessThan(110);
  expect(usage["idle"]?.cpu).toBeLessThan(20);
});

test("samples while somebody reads, and no longer", async () => {
  await using idle = await startNode(`console.log("up"); setInterval(() => {}, 1e6);`);
  let asked = 0;
  const pids = (): Readonly<Record<string, number>> => {
    asked++;
    return { idle: idle.pid };
  };
  using sampler = newUsageSampler({ intervalMs: 10, pids, attentionMs: 500 });
  expect(asked).toBe(0);
  await until("the first sample", () => sampler.read()["idle"] !== undefined);
  const before = asked;
  await until("more of them", () => asked > before + 1);
  let [last, lastAt] = [asked, now()];
  await until("the pause", () => {
    if (asked !== last) [last, lastAt] = [asked, now()];
    return now() - lastAt > 200;
  });
  sampler.read();
  await until("more again", () => asked > last);
});

test("ps says the same as /proc", async () => {
  const byPs = await readProcessesByPs();
  const mine = byPs.processes.find(({ pid }) => pid === process.pid);
  const same = readProcesses(new Set()).processes.find(({ pid }) => pid === process.pid);
  expect(mine).toMatchObject({ ppid: same?.ppid, group: same?.group });
  expect((mine?.memory ?? 0) / (same?.memory ?? 1)).toBeGreaterThan(0.7);
  expect((mine?.memory ?? 0) / (same?.memory ?? 1)).toBeLessThan(1.4);
  expect(Math.abs((mine?.busyMs ?? 0) - (same?.busyMs ?? 0))).toBeLessThan(2000);
});
