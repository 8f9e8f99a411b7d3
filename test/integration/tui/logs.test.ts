import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, closeSync, fstatSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import type { LogFile } from "../../../src/tui/host.ts";
import { openRunLogs } from "../../../src/tui/logs/logs.ts";
import { advance, isBusy, searchStatus, setSearch } from "../../../src/tui/logs/search.ts";
import { newView } from "../../../src/tui/logs/view.ts";

const directory = mkdtempSync(join(tmpdir(), "launch-logs-"));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function fileAt(path: string): LogFile {
  const fd = openSync(path, "r");
  return {
    path,
    start: 0,
    first: () => 0,
    beginning: () => 0,
    timeAt: () => undefined,
    size: () => fstatSync(fd).size,
    read: (target, offset) => readSync(fd, target, 0, target.length, offset),
    [Symbol.dispose]: () => closeSync(fd),
  };
}

it("has every line of programs that write as fast as they can, and finds what they wrote in time", async () => {
  const pane = { width: 80, height: 20, colors: true, ascii: false, names: ["one", "two"] };
  const program = `
    for (let block = 0; block < 300; block++) {
      let text = "";
      for (let line = 0; line < 200; line++) text += "line " + (block * 200 + line) + " " + "é".repeat(line % 60) + "\\n";
      require("fs").writeSync(1, text);
    }
    require("fs").writeSync(1, "the end");`;
  const paths = pane.names.map((name) => join(directory, `${name}.log`));
  for (const path of paths) appendFileSync(path, "");
  using logs = openRunLogs({ open: (name) => fileAt(paths[pane.names.indexOf(name)]!) }, pane.names);
  const writers = paths.map((path) => {
    const fd = openSync(path, "a");
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", fd, fd] });
    closeSync(fd);
    return once(child, "exit");
  });

  let view = setSearch(newView(logs.merged), pane, "line 59999");
  let running = true;
  void Promise.all(writers).then(() => (running = false));
  for (;;) {
    const isLast = !running;
    const changed = logs.poll(Date.now());
    view = advance(view, pane, () => false);
    if (isLast && !changed && !isBusy(view)) break;
    await sleep(1);
  }

  for (const [at, name] of pane.names.entries()) {
    const source = logs.of(name);
    const read = source.lines(source.first(), source.end() - source.first()).map((line) => line.text);
    expect(read).toHaveLength(60_001);
    expect(read.join("\n")).toBe(readFileSync(paths[at]!, "utf8"));
  }
  expect(logs.merged.end()).toBe(120_002);
  expect(searchStatus(view)).toMatchObject({ count: 2, complete: true });
});
