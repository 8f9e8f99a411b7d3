import { describe, expect, it } from "vitest";
import { createTimes } from "../../../../src/tui/logs/times.ts";

describe("when lines were seen", () => {
  it("is the time of the look that found them", () => {
    const times = createTimes();
    times.note(10, 100);
    times.note(10, 150);
    times.note(12, 200);
    expect([9, 10, 11, 12, 99].map(times.timeOf)).toEqual([undefined, 100, 100, 200, 200]);
  });

  it("is exact for the newest, at most a second early for older ones, and forgotten for the oldest", () => {
    const most = 1000;
    const times = createTimes(most);
    const seenAt = (line: number): number => line * 50;
    const lines = 60_000;
    for (let line = 0; line < lines; line++) times.note(line, seenAt(line));
    for (let line = lines - most / 4; line < lines; line++) expect(times.timeOf(line)).toBe(seenAt(line));
    const known = Array.from({ length: lines }, (_, line) => line).filter((line) => times.timeOf(line) !== undefined);
    expect(known.length).toBeGreaterThan(5 * most);
    expect(known.every((line) => seenAt(line) - (times.timeOf(line) ?? 0) < 1000)).toBe(true);
    expect(times.timeOf(0)).toBeUndefined();
  });
});
