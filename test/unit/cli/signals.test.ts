import { expect, test, vi } from "vitest";
import { claimSignals, heardEndings, onSignals } from "../../../src/cli/signals.ts";
import { sameRequest } from "../../../src/core/ending-signals.ts";

/** As the system tells a process. */
const send = (signal: NodeJS.Signals): boolean => process.emit(signal, signal);

test("two signals of any kind that come together are one request, and later ones count on", () => {
  vi.useFakeTimers();
  const heard: unknown[] = [];
  using signals = onSignals((signal, count) => heard.push([signal, count]));
  send("SIGINT");
  send("SIGTERM");
  signals.receive("SIGINT");
  vi.advanceTimersByTime(sameRequest);
  signals.receive("SIGINT");
  vi.advanceTimersByTime(sameRequest);
  send("SIGQUIT");
  vi.useRealTimers();
  expect(heard).toEqual([
    ["SIGINT", 1],
    ["SIGINT", 2],
    ["SIGQUIT", 3],
  ]);
});

test("a signal that is claimed ends nothing until it is given back", () => {
  const heard: string[] = [];
  const claimed: string[] = [];
  using _signals = onSignals((signal) => heard.push(signal));
  {
    using _claim = claimSignals(["SIGUSR1", "SIGUSR2", "SIGQUIT"], (signal) => claimed.push(signal));
    for (const signal of ["SIGUSR1", "SIGUSR2", "SIGQUIT"] as const) send(signal);
  }
  expect([claimed, heard]).toEqual([["SIGUSR1", "SIGUSR2", "SIGQUIT"], []]);
  send("SIGUSR2");
  expect(heard).toEqual(["SIGUSR2"]);
});

test("SIGPROF is nobody's request where a profiler of Node sends it", () => {
  expect(heardEndings()).toContain("SIGPROF");
  for (const options of ["--cpu-prof", "--inspect --prof", "--cpu-prof --cpu-prof-dir=/tmp"]) {
    vi.stubEnv("NODE_OPTIONS", options);
    expect(heardEndings()).not.toContain("SIGPROF");
    expect(heardEndings()).toContain("SIGTERM");
  }
  vi.stubEnv("NODE_OPTIONS", "--no-warnings");
  expect(heardEndings()).toContain("SIGPROF");
  vi.unstubAllEnvs();
});
