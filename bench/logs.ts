// What reading logs costs the dashboard: the first match in 200,000 lines, how long a slice of work holds up a key, a frame
// under a flood, and the memory after millions of lines. Searches are measured in processor time, slices by the clock.
// Usage: node bench/logs.ts [lines for the memory, 6,000,000 if not given]. Prints a table.

import { closeSync, fstatSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { LogFile } from "../src/tui/host.ts";
import { openRunLogs } from "../src/tui/logs/logs.ts";
import { goToEnd } from "../src/tui/logs/move.ts";
import type { Pane } from "../src/tui/logs/pane.ts";
import { rowsOf } from "../src/tui/logs/rows.ts";
import { advance, isBusy, setSearch } from "../src/tui/logs/search.ts";
import { type LogView, newView, setFilter } from "../src/tui/logs/view.ts";
import { describeFigures, type Figure } from "./figures.ts";

const runs = 7;
const searched = 200_000;
const remembered = Number(process.argv[2] ?? 6_000_000);
const pane: Pane = { width: 160, height: 40, colors: true, ascii: false, names: ["api", "web", "worker"] };
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const directory = mkdtempSync(join(tmpdir(), "bench-logs-"));
const coloured =
  "\x1b[32mGET\x1b[0m /api/v1/users/\x1b[1m42\x1b[0m 200 in 12 ms from 10.0.0.1, sent 1234 bytes of json to it";
const plain = "GET /api/v1/users/42 200 in 12 ms from 10.0.0.1 sent 1234 bytes of json to the client that asked us it";

try {
  const figures = [...memory(), ...searches(), ...floods()];
  console.log(describeFigures(figures));
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** First match and longest slice, for needles that only the line farthest away has. */
function searches(): Figure[] {
  const found: Figure[] = [];
  for (const [name, line] of [
    ["plain lines", plain],
    ["coloured lines", coloured],
  ] as const) {
    using log = newLog(`search-${name}`);
    log.write(`ERROR needle at the front\n`);
    for (let written = 0; written < searched; written += 1000) log.write(`${line}\n`.repeat(1000));
    using logs = openRunLogs({ open: () => log.file }, ["api"]);
    while (logs.poll(Date.now()));
    while (logs.of("api").extendBack());
    const view = newView(logs.of("api"));
    for (const [what, begin] of [
      ["text", (): LogView => setSearch(view, pane, "needle")],
      ["regex", (): LogView => setSearch(view, pane, "/ne+dle/")],
      ["errors only, all lines judged", (): LogView => setFilter(view, "", "error")],
    ] as const) {
      const samples = Array.from({ length: runs }, () => measure(begin));
      const goal = what.startsWith("errors") ? 300 : 60;
      found.push(
        { name: `${name}, ${what}`, samples: samples.map((sample) => sample.took), unit: "ms", goal: { atMost: goal } },
        { name: "… longest slice", samples: samples.map((sample) => sample.longest), unit: "ms", goal: { atMost: 15 } },
      );
    }
  }
  return found;
}

/** Works in slices of 10 ms until nothing is left to do. */
function measure(begin: () => LogView): { took: number; longest: number } {
  const before = process.cpuUsage();
  const start = performance.now();
  let view = begin();
  let longest = performance.now() - start;
  do {
    const sliceStart = performance.now();
    view = advance(view, pane, () => performance.now() - sliceStart > 10);
    longest = Math.max(longest, performance.now() - sliceStart);
  } while (isBusy(view));
  const { user, system } = process.cpuUsage(before);
  return { took: (user + system) / 1000, longest };
}

/** A tick with 1,000 new lines of three services in all, and a frame of all logs merged. */
function floods(): Figure[] {
  const written = ["api", "web", "worker"].map((name) => newLog(`flood-${name}`));
  using logs = openRunLogs({ open: (name) => written[pane.names.indexOf(name)]!.file }, pane.names);
  const view = goToEnd(newView(logs.merged));
  const polls: number[] = [];
  const frames: number[] = [];
  for (let tick = 0; tick < 200; tick++) {
    for (const [index, log] of written.entries()) log.write(`${index === 0 ? plain : coloured}\n`.repeat(333));
    const start = performance.now();
    logs.poll(Date.now());
    const polled = performance.now();
    if (rowsOf(view, pane).rows.length === 0) throw new Error("nothing was shown");
    polls.push(polled - start);
    frames.push(performance.now() - polled);
  }
  for (const log of written) log[Symbol.dispose]();
  return [
    { name: "taking in 1,000 lines", samples: polls.slice(20), unit: "ms", goal: { atMost: 1 } },
    { name: "40 rows of merged logs, all new", samples: frames.slice(20), unit: "ms", goal: { atMost: 1 } },
  ];
}

/** What the process grows by while many lines are read and shown, and what a filter that lets them all through keeps of as many more. */
function memory(): Figure[] {
  using log = newLog("memory");
  using logs = openRunLogs({ open: () => log.file }, ["api"]);
  const block = `${plain}\n`.repeat(10_000);
  let view = newView(logs.merged);
  const read = (): void => {
    for (let lines = 0; lines < remembered; lines += 10_000) {
      log.write(block);
      logs.poll(Date.now());
      view = advance(view, pane, () => false);
      rowsOf(view, pane);
    }
  };
  const resident = process.memoryUsage.rss();
  read();
  const grown = (process.memoryUsage.rss() - resident) / 1e6;
  const before = keptBytes();
  view = setFilter(view, "GET", "all");
  read();
  const kept = (keptBytes() - before) / 1e6;
  const lines = `${remembered.toLocaleString("en")} lines`;
  return [
    { name: `more resident memory after ${lines}`, samples: [grown], unit: "MB", goal: { atMost: 40 } },
    { name: `kept of ${lines} that a filter lets through`, samples: [kept], unit: "MB", goal: { atMost: 20 } },
  ];
}

/** What is in use once garbage has been collected. How much more is resident is V8's choice under such a load. */
function keptBytes(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

interface WrittenLog extends Disposable {
  readonly file: LogFile;
  write(text: string): void;
}

/** A log in a real file. */
function newLog(name: string): WrittenLog {
  const path = join(directory, `${name}.log`);
  const fd = openSync(path, "a+");
  ftruncateSync(fd);
  let open = true;
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  return {
    write: (text) => void writeSync(fd, text),
    file: {
      path,
      start: 0,
      first: () => 0,
      beginning: () => 0,
      timeAt: () => undefined,
      size: () => fstatSync(fd).size,
      read: (target, offset) => readSync(fd, target, 0, target.length, offset),
      [Symbol.dispose]: close,
    },
    [Symbol.dispose]: close,
  };
}
