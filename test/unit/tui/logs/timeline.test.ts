import { describe, expect, it } from "vitest";
import { createLineIndex, type LineIndex } from "../../../../src/tui/logs/line-index.ts";
import { createTimeline } from "../../../../src/tui/logs/timeline.ts";
import { memoryLog } from "./memory-log.ts";

/** Two services whose logs are written and seen in turn. */
function twoServices(most?: number) {
  const timeline = createTimeline(most);
  const logs = { api: memoryLog(), web: memoryLog() };
  const indexes = { api: createLineIndex("api", logs.api), web: createLineIndex("web", logs.web) };
  timeline.add(indexes.api);
  timeline.add(indexes.web);
  const see = (service: "api" | "web", text: string, time: number): void => {
    logs[service].write(text);
    for (const index of Object.values<LineIndex>(indexes)) index.poll(time);
    timeline.append();
  };
  const all = (): string[] =>
    timeline.lines(timeline.first(), timeline.end()).map(({ service, text }) => `${service} ${text}`);
  return { timeline, logs, see, all };
}

describe("all logs merged", () => {
  it("has the lines in the order seen, each with its service, number and time", () => {
    const { timeline, see, all } = twoServices();
    see("api", "a1\na2\n", 100);
    see("web", "w1\n", 200);
    see("api", "a3\n", 300);
    expect(all()).toEqual(["api a1", "api a2", "web w1", "api a3"]);
    expect(timeline.lines(2, 2).map((line) => line.number)).toEqual([2, 3]);
    expect([0, 1, 2, 3].map((line) => timeline.timeOf(line))).toEqual([100, 100, 200, 300]);
    expect(timeline.placeInFile(3)).toEqual({ service: "api", line: 3 });
  });

  it("keeps a line where it began when it is completed later", () => {
    const { timeline, see, all } = twoServices();
    see("api", "one", 1);
    see("web", "two\n", 2);
    expect(timeline.isOpen(0)).toBe(true);
    see("api", " done\nthree\n", 3);
    expect(all()).toEqual(["api one done", "web two", "api three"]);
  });

  it("forgets its oldest runs of lines and gives no number twice", () => {
    const { timeline, see, all } = twoServices(1024);
    for (let turn = 0; turn < 1025; turn++) see(turn % 2 === 0 ? "api" : "web", `${turn}\n`, turn);
    expect([timeline.first(), timeline.end()]).toEqual([256, 1025]);
    const turns = Array.from({ length: 1025 - 256 }, (_, at) => 256 + at);
    expect(all()).toEqual(turns.map((turn) => `${turn % 2 === 0 ? "api" : "web"} ${turn}`));
  });

  it("says which lines are gone after a log was emptied", () => {
    const { logs, see, all } = twoServices();
    see("api", "a1\na2\n", 1);
    see("web", "w1\n", 2);
    logs.api.truncate();
    see("api", "n\n", 3);
    expect(all()).toEqual([
      "api this line is not in the log any more",
      "api this line is not in the log any more",
      "web w1",
      "api this log was cut off or emptied; what it held before is gone, or in its archives",
      "api n",
    ]);
  });

  it("hands over stretches of bytes that hold the same lines", () => {
    const { timeline, see } = twoServices();
    for (let turn = 0; turn < 500; turn++) see(turn % 3 === 0 ? "api" : "web", `line ${turn}\n`.repeat(turn % 7), turn);
    for (let number = timeline.first(); number < timeline.end();) {
      const { first, count, bytes, starts } = timeline.around(number);
      expect(first).toBe(number);
      expect(bytes.toString()).toBe(
        timeline
          .lines(first, count)
          .map((line) => `${line.text}\n`)
          .join(""),
      );
      expect(starts).toHaveLength(count + 1);
      number = first + count;
    }
  });
});
