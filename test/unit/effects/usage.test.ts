import { describe, expect, it } from "vitest";
import { parseRow } from "../../../src/effects/processes/using-ps.ts";
import { parseUsing } from "../../../src/effects/processes/using.ts";

describe("a line of /proc/PID/stat", () => {
  const line = (name: string, state = "S"): string =>
    `42 (${name}) ${state} 7 41 40 0 -1 4194304 1 2 3 4 150 25 9 9 20 0 11 0 99887766 1000000 2500 18446744073709551615 1 1`;

  it("tells times and memory, whatever the name", () => {
    const expected = { pid: 42, ppid: 7, group: 41, session: 40, key: "42 99887766", busyMs: 1750 };
    for (const name of ["node", "a b", "x) S 1 (y"]) {
      expect(parseUsing(line(name))).toMatchObject({ ...expected, name });
    }
    expect(parseUsing(line("node"))?.memory).toBeGreaterThanOrEqual(2500 * 4096);
  });

  it.each(["Z", "X"])("of an ended process (%s) is none", (state) => {
    expect(parseUsing(line("node", state))).toBeUndefined();
  });

  it("that is none is none", () => {
    expect(parseUsing("")).toBeUndefined();
  });
});

describe("a line of ps", () => {
  it.each([
    ["0:01.23", 1230],
    ["3:04.56", 184_560],
    ["00:00:07", 7000],
    ["1-02:03:04", 93_784_000],
  ])("with %s", (time, busyMs) => {
    expect(parseRow(`  42     7    41 Ss    2048 ${time} /bin/sh -c  a b `)).toEqual({
      pid: 42,
      ppid: 7,
      group: 41,
      session: 0,
      key: "42",
      name: "",
      busyMs,
      memory: 2_097_152,
      command: "/bin/sh -c  a b",
    });
  });

  it("of a zombie, or of something else, is none", () => {
    expect(parseRow("42 7 41 Z+ 0 0:00.00 (sh)")).toBeUndefined();
    expect(parseRow("ps: no such flag")).toBeUndefined();
  });
});
