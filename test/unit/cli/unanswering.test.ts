// How long an engine is given to answer, and what is said of one that does not.

import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { isStopped, newPatience, slowWords, unansweringWords } from "../../../src/cli/unanswering.ts";
import { stateOf } from "../../helpers/processes.ts";
import { until } from "../../helpers/wait.ts";

const engine = { name: "shop", pid: process.pid };

it("an engine that goes on without an answer is told of once after 1.5 s, and given up after 8 s", () => {
  const slow: string[] = [];
  const isOver = newPatience(
    () => engine,
    ({ name }) => slow.push(name),
  );
  expect([0, 1400].map(isOver)).toEqual([false, false]);
  expect(slow).toEqual([]);
  expect([1500, 3000, 7900].map(isOver)).toEqual([false, false, false]);
  expect(slow).toEqual(["shop"]);
  expect(isOver(8000)).toBe(true);
});

it("where it is not known who the engine is, nobody is told of", () => {
  const isOver = newPatience(
    () => undefined,
    () => expect.unreachable(),
  );
  expect([3000, 8000].map(isOver)).toEqual([false, true]);
});

it("one that is stopped is given up after half a second of that", async () => {
  const stopped = spawn("sleep", ["1000"], { stdio: "ignore" });
  try {
    const pid = stopped.pid!;
    const isOver = newPatience(
      () => ({ ...engine, pid }),
      () => {},
    );
    expect(isOver(0)).toBe(false);
    stopped.kill("SIGSTOP");
    await until("it to be stopped", () => stateOf(pid) === "T");
    expect(isStopped({ pid })).toBe(true);
    expect([100, 500, 600].map(isOver)).toEqual([false, false, true]);
    expect(unansweringWords({ ...engine, pid })).toContain(`is stopped and answers nobody. kill -CONT ${pid}`);
  } finally {
    stopped.kill("SIGKILL");
  }
});

it("what is said names the engine and what to do", () => {
  for (const words of [unansweringWords(engine), slowWords(engine)]) {
    expect(words).toContain(`The engine of shop (pid ${process.pid})`);
    expect(words).toContain("launch down ends the run all the same");
  }
});
