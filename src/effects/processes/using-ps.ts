// All processes with what they use, as `ps` shows them, for systems without `/proc` (macOS). On Linux only the tests read it.

import { execFile } from "node:child_process";
import type { Reading, UsingProcess } from "./using.ts";

interface Row extends UsingProcess {
  readonly command: string;
}

/** Every process that is visible now; none when `ps` is missing or says nothing. */
export function readProcessesByPs(): Promise<Reading> {
  return new Promise((resolve) => {
    const fields = ["-A", "-o", "pid=,ppid=,pgid=,state=,rss=,time=,command="];
    const options = { env: { ...process.env, LC_ALL: "C" }, maxBuffer: 64 << 20 };
    execFile("ps", fields, options, (_, output) => {
      const rows = new Map(
        output
          .split("\n")
          .flatMap((line) => parseRow(line) ?? [])
          .map((row) => [row.pid, row]),
      );
      resolve({ processes: [...rows.values()], commandOf: ({ pid }) => rows.get(pid)?.command ?? "" });
    });
  });
}

const row = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S)\S*\s+(\d+)\s+([\d:.-]+)\s+(.*)$/;

/** One line of `ps -o pid=,ppid=,pgid=,state=,rss=,time=,command=`; undefined for a zombie. */
export function parseRow(line: string): Row | undefined {
  const match = row.exec(line);
  if (match === null) return undefined;
  const [, pid, ppid, group, state, kilobytes, time = "", command = ""] = match;
  if (state === "Z") return undefined;
  return {
    pid: Number(pid),
    ppid: Number(ppid),
    group: Number(group),
    session: 0,
    key: `${pid}`,
    name: "",
    busyMs: parseTime(time),
    memory: Number(kilobytes) * 1024,
    command: command.trim(),
  };
}

/** `1-02:03:04`, `02:03:04` or `3:04.56` in milliseconds. */
function parseTime(text: string): number {
  const [clock = "", days = "0"] = text.split("-").reverse();
  const seconds = clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1000);
}
