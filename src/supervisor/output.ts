// The services' output: one log file each, written by the service itself, followed by us for whoever wants to see lines.
// A sibling of the journal: lines are many, and they are not state.

import { fstatSync, statSync } from "node:fs";
import { type LogFile, openLogFile } from "../effects/logs/file.ts";
import { countLines, type LineBatch } from "../effects/logs/lines.ts";
import { logPath, timesPath } from "../effects/logs/names.ts";
import { createRing, type Ring } from "../effects/logs/ring.ts";
import { type Tail, tailLog } from "../effects/logs/tail.ts";
import { keepTimes, type TimesWriter } from "../effects/logs/times-writer.ts";

/** Sees every batch of lines of every service, in order for each. The bytes are valid during the call only. */
export type LineReader = (service: string, batch: LineBatch) => void;

/** The output of all services of a run. */
export interface Output extends AsyncDisposable {
  readonly directory: string;
  /** The descriptor for a new run of the service; its log is opened and followed from here on. */
  open(service: string): number;
  /** Follows the log of a run that goes on from this byte; `start` is where the session's part began. */
  resume(service: string, at: { readonly from: number; readonly start: number }): void;
  subscribe(reader: LineReader): Disposable;
  /** Resolves once every line that is in the log by now has been seen. */
  drain(service: string): Promise<void>;
  /** The last lines of this session, oldest first. */
  last(service: string, count: number): readonly string[];
  /** What was seen of the service's output in this session. */
  totals(service: string): { readonly lines: number; readonly bytes: number };
  path(service: string): string;
  /** Where this session's part of the log begins, in bytes. */
  start(service: string): number;
}

interface Stream {
  readonly file: LogFile;
  /** Where this session's part begins, in bytes. */
  readonly start: number;
  readonly tail: Tail;
  readonly times: TimesWriter;
  readonly seen: Seen;
}

/** What has been seen of a service's output, in whatever file. */
interface Seen {
  readonly ring: Ring;
  lines: number;
  bytes: number;
}

function isThere({ file }: Stream): boolean {
  const named = statSync(file.path, { throwIfNoEntry: false });
  return named !== undefined && named.ino === fstatSync(file.fd).ino;
}

/** Opens nothing yet; logs are created in `directory` as services start. */
export function openOutput(directory: string): Output {
  const streams = new Map<string, Stream>();
  const readers = new Set<LineReader>();
  // Logs that have lost their names; what still holds them is followed to the end.
  const left: Stream[] = [];
  const path = (service: string): string => logPath(directory, service);

  const openStream = (
    service: string,
    seen: Seen = { ring: createRing(), lines: 0, bytes: 0 },
    at?: { readonly from: number; readonly start: number },
  ): Stream => {
    const file = openLogFile(path(service));
    // A log that is shorter than it was has been begun anew.
    const from = at === undefined || at.from > file.size ? file.size : at.from;
    const onLines = (batch: LineBatch): void => {
      seen.lines += countLines(batch);
      seen.bytes += batch.bytes.length;
      seen.ring.push(batch);
      for (const reader of readers) reader(service, batch);
      times.saw(tail.delivered());
    };
    const times = keepTimes(timesPath(file.path), { inode: file.inode, first: 0 });
    // What was written while nobody followed has been seen by now.
    if (from > 0) times.saw(from);
    const tail = tailLog({ path: file.path, from, onLines });
    const stream: Stream = { file, seen, start: Math.min(at?.start ?? file.size, file.size), tail, times };
    streams.set(service, stream);
    return stream;
  };

  return {
    directory,
    open(service) {
      const stream = streams.get(service);
      if (stream !== undefined && isThere(stream)) return stream.file.fd;
      // Moved or deleted by somebody: what the next run writes goes to a file of this name again.
      if (stream !== undefined) left.push(stream);
      return openStream(service, stream?.seen).file.fd;
    },
    resume(service, at) {
      if (!streams.has(service)) openStream(service, undefined, at);
    },
    subscribe(reader) {
      readers.add(reader);
      return { [Symbol.dispose]: () => readers.delete(reader) };
    },
    drain: async (service) => streams.get(service)?.tail.drain(),
    last: (service, count) => streams.get(service)?.seen.ring.last(count) ?? [],
    totals: (service) => {
      const { lines = 0, bytes = 0 } = streams.get(service)?.seen ?? {};
      return { lines, bytes };
    },
    path,
    start: (service) => streams.get(service)?.start ?? statSync(path(service), { throwIfNoEntry: false })?.size ?? 0,
    async [Symbol.asyncDispose]() {
      for (const { file, tail, times } of [...streams.values(), ...left]) {
        await tail[Symbol.asyncDispose]();
        times[Symbol.dispose]();
        file[Symbol.dispose]();
      }
    },
  };
}
