// Which line of its file a line of the log is: what an editor wants to know.

import { countLineFeeds } from "../../core/line-feeds.ts";
import type { Logs } from "../host.ts";
import type { Source } from "../logs/source.ts";

/** A service's log file and a line in it, counted from 1. */
export interface FileLine {
  readonly service: string;
  readonly path: string;
  readonly line: number;
}

/** More lines than this are not gone through one by one; the place is near the right one then. */
const most = 200_000;

/** Where the source's line stands in its service's file; undefined when the source has no such line. */
export function fileLineOf(logs: Logs, source: Source, number: number): FileLine | undefined {
  const [line] = source.lines(number, 1);
  if (line === undefined) return undefined;
  // Counted from the end: how much of the file's beginning the source knows does not matter then.
  const behind =
    source.service === undefined
      ? source.lines(number, most).filter(({ service }) => service === line.service).length
      : source.end() - number;
  using file = logs.open(line.service);
  return { service: line.service, path: file.path, line: Math.max(1, countLines(file) - behind + 1) };
}

function countLines(file: ReturnType<Logs["open"]>): number {
  const size = file.size();
  const piece = Buffer.allocUnsafe(1024 * 1024);
  let lines = 0;
  let last = 10;
  for (let at = 0; at < size;) {
    const read = file.read(piece, at);
    if (read === 0) break;
    lines += countLineFeeds(piece, 0, read);
    last = piece[read - 1] ?? last;
    at += read;
  }
  // A last line without its end is a line.
  return last === 10 ? lines : lines + 1;
}
