import { describe, expect, it } from "vitest";
import { aboutOf, noticeRemark, type Leftover, type Notice } from "../../../src/core/notice.ts";

const some = (...pids: readonly number[]): readonly Leftover[] => pids.map((pid) => ({ pid, command: `cmd ${pid}` }));
const none = { ended: [], alive: [], spared: [] };
const left = { kind: "left-behind", service: "api", ...none } as const;
const leftByCommand = { kind: "left-by-command", ...none } as const;
const stopCommand = { kind: "stop-command", service: "api" } as const;
const formerRun = { kind: "former-run", ended: [], alive: [] } as const;

describe("a notice in words", () => {
  it.each<[Notice, string]>([
    [{ ...left, ended: some(1, 2) }, "warn: had left its group and was ended: pid 1 (cmd 1), pid 2 (cmd 2)"],
    [
      { ...left, alive: some(1), ended: some(2), spared: some(3) },
      "bad: had left its group and could not be ended: pid 1 (cmd 1); had left its group and was ended: pid 2 (cmd 2); started what others use too, which goes on: pid 3 (cmd 3)",
    ],
    [{ ...left, spared: some(3) }, "plain: started what others use too, which goes on: pid 3 (cmd 3)"],
    [{ ...leftByCommand, ended: some(1) }, "warn: left by the command and was ended: pid 1 (cmd 1)"],
    [
      { ...leftByCommand, alive: some(1), ended: some(2), spared: some(3) },
      "bad: left by the command and could not be ended: pid 1 (cmd 1); left by the command and was ended: pid 2 (cmd 2); left by the command, used by others too, goes on: pid 3 (cmd 3)",
    ],
    [{ ...leftByCommand, spared: some(3) }, "plain: left by the command, used by others too, goes on: pid 3 (cmd 3)"],
    [{ ...formerRun, ended: some(1) }, "warn: left by a run that was killed and was ended: pid 1 (cmd 1)"],
    [
      { ...formerRun, ended: some(1), alive: some(2) },
      "bad: left by a run that was killed and could not be ended: pid 2 (cmd 2)",
    ],
    [{ kind: "guard-lost" }, "warn: the guard that ends everything if launch is killed had died; it was started again"],
    [
      { kind: "reclaimed", services: ["api", "db"], ended: [] },
      "warn: the engine had died and was started again; took back api, db",
    ],
    [
      { kind: "reclaimed", services: [], ended: ["api", "db"] },
      "warn: the engine had died and was started again; took back nothing; ended meanwhile: api, db",
    ],
    [
      { ...stopCommand, problem: { kind: "late", after: 5000 } },
      "warn: the stop command had not ended after 5s and was killed",
    ],
    [
      { ...stopCommand, problem: { kind: "late", after: 5000 }, signal: "SIGTERM" },
      "warn: the stop command has not ended after 5s; SIGTERM follows",
    ],
    [
      { ...stopCommand, problem: { kind: "alive" }, signal: "SIGINT" },
      "warn: the stop command has ended, the service has not; SIGINT follows",
    ],
    [{ ...stopCommand, problem: { kind: "alive" } }, "warn: the stop command has ended, the service has not"],
    [
      { ...stopCommand, problem: { kind: "failed", failure: { kind: "command-not-found", command: "end" } } },
      "warn: the stop command failed: command not found: end",
    ],
    [{ kind: "state", message: "it is full" }, "warn: it is full"],
    [{ kind: "log", service: "api", message: "it was emptied" }, "warn: it was emptied"],
    [{ kind: "file", service: "api", message: "it was changed" }, "warn: it was changed"],
    [{ kind: "stalled", for: 2000 }, "warn: stood still for 2s; nothing is judged by that"],
  ])("%o", (notice, words) => {
    const { tone, text } = noticeRemark(notice)!;
    expect(`${tone}: ${text}`).toBe(words);
  });

  it("is none for what only programs need to know", () => {
    expect(noticeRemark({ kind: "stalled", for: 1999 })).toBeUndefined();
    expect(noticeRemark({ kind: "rotated", service: "api", from: 1, archive: "a" })).toBeUndefined();
  });

  it("names five processes, and counts the rest", () => {
    const five = some(1, 2, 3, 4, 5);
    const words = five.map(({ pid, command }) => `pid ${pid} (${command})`).join(", ");
    expect(noticeRemark({ ...left, ended: five })?.text).toBe(`had left its group and was ended: ${words}`);
    const seven = { ...left, ended: [...five, ...some(6, 7)] };
    expect(noticeRemark(seven)?.text).toBe(`had left its group and was ended: ${words} and 2 more`);
  });

  it("cuts a long command", () => {
    const ended = (command: string): string | undefined =>
      noticeRemark({ ...left, ended: [{ pid: 1, command }] })?.text;
    expect(ended("x".repeat(40))).toContain(`(${"x".repeat(40)})`);
    expect(ended("x".repeat(41))).toContain(`(${"x".repeat(39)}…)`);
  });
});

it("is about a service, or else about launch itself", () => {
  expect(aboutOf(left)).toBe("api");
  expect(aboutOf({ kind: "guard-lost" })).toBe("launch");
});
