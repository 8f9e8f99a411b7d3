// The services' output: one log file each, written by the service itself, followed by us for whoever wants to see lines.
// A sibling of the journal: lines are many, and they are not state.

import { statSync } from "node:fs";
import type { Notice } from "../core/notice.ts";
import type { LogPolicy } from "../core/service.ts";
import { type FollowedLog, followLog, type LogNews } from "../effects/logs/followed.ts";
import { countLines, type LineBatch } from "../effects/logs/lines.ts";
import { logPath } from "../effects/logs/names.ts";
import { createRing, type Ring } from "../effects/logs/ring.ts";
import { watchRoom } from "../effects/logs/room.ts";
import type { Halt } from "../effects/logs/rotate.ts";

/** Sees every batch of lines of every service, in order for each. The bytes are valid during the call only. */
export type LineReader = (service: string, batch: LineBatch) => void;

/** The output of all services of a run. */
export interface Output extends AsyncDisposable {
  readonly directory: string;
  /** The descriptor for a new run of the service. What it writes waits in its log until `follow`. */
  open(service: string): number;
  /** Shows what the run that was opened last has written and writes: it has been reported as started, or has failed to start. */
  follow(service: string): void;
  /** The descriptor that a running service writes to, for what runs beside it. */
  current(service: string): number;
  /** Follows the log of a run that goes on from this byte; `start` is where the session's part began. */
  resume(service: string, at: { readonly from: number; readonly start: number }): void;
  subscribe(reader: LineReader): Disposable;
  /** Resolves once every line that is in the log by now has been seen. */
  drain(service: string): Promise<void>;
  /** The last lines of this session, oldest first. */
  last(service: string, count: number): readonly string[];
  /** The last lines of the latest run, oldest first. */
  lastOfRun(service: string, count: number): readonly string[];
  /** What was seen of the service's output in this session. */
  totals(service: string): { readonly lines: number; readonly bytes: number };
  path(service: string): string;
  /** Where what has been seen of the log ends, in bytes; undefined for one that was never opened. */
  end(service: string): number | undefined;
  /** Where this session's part of the log begins, in bytes. */
  start(service: string): number;
}

/** What the output of a run needs from around it. */
export interface OutputOptions {
  readonly directory: string;
  readonly policy: (service: string) => LogPolicy;
  /** What happened to a service's log. */
  readonly notice: (notice: Notice) => void;
  /** Stops the service's processes for a moment; undefined when nothing of it can be stopped. */
  readonly halt: (service: string) => Promise<Halt | undefined>;
}

interface Stream {
  readonly log: FollowedLog;
  readonly seen: Seen;
}

/** What has been seen of a service's output, in whatever file. */
interface Seen {
  readonly ring: Ring;
  lines: number;
  bytes: number;
  /** Lines that had been seen when the latest run began. */
  linesBefore: number;
}

/** Opens nothing yet; logs are created in `directory` as services start. */
export function openOutput({ directory, policy, notice, halt }: OutputOptions): Output {
  const streams = new Map<string, Stream>();
  const readers = new Set<LineReader>();
  // Logs that have lost their names; what still holds them is followed to the end.
  const left: Stream[] = [];
  const room = watchRoom(directory, (isFull) => notice({ kind: "state", message: wordsOnRoom(directory, isFull) }));
  const path = (service: string): string => logPath(directory, service);

  const openStream = (
    service: string,
    seen: Seen = { ring: createRing(), lines: 0, bytes: 0, linesBefore: 0 },
    at?: { readonly from: number; readonly start: number },
  ): Stream => {
    const onLines = (batch: LineBatch): void => {
      // The rest of a line is no other line.
      seen.lines += countLines({ ...batch, continued: false }) - (batch.continued ? 1 : 0);
      seen.bytes += batch.bytes.length;
      seen.ring.push(batch);
      for (const reader of readers) reader(service, batch);
      room.touched();
    };
    const log = followLog({
      path: path(service),
      policy: policy(service),
      ...(at === undefined ? {} : { at }),
      onLines,
      onNews: (news) => notice(noticeOf(service, news)),
      halt: () => halt(service),
    });
    const stream: Stream = { log, seen };
    streams.set(service, stream);
    return stream;
  };

  const reopen = (service: string): FollowedLog => {
    const stream = streams.get(service);
    if (stream === undefined) return openStream(service).log;
    const { log, seen } = stream;
    // A log with a hole at its front is put away as soon as nobody writes to it.
    if (log.retire()) void log[Symbol.asyncDispose]();
    else if (log.isThere()) return log;
    // Moved or deleted by somebody: what the next run writes goes to a file of this name again.
    else {
      log.leave();
      left.push(stream);
    }
    return openStream(service, seen).log;
  };

  return {
    directory,
    open(service) {
      const log = reopen(service);
      const seen = streams.get(service)?.seen;
      if (seen !== undefined) seen.linesBefore = seen.lines;
      // The run's first line may be in the file before its start is known here; readers hear of the start first.
      log.pause();
      log.beginRun();
      return log.fd;
    },
    follow: (service) => streams.get(service)?.log.resume(),
    current(service) {
      return (streams.get(service) ?? openStream(service)).log.fd;
    },
    resume(service, at) {
      if (!streams.has(service)) openStream(service, undefined, at);
    },
    subscribe(reader) {
      readers.add(reader);
      return { [Symbol.dispose]: () => readers.delete(reader) };
    },
    drain: async (service) => streams.get(service)?.log.drain(),
    last: (service, count) => streams.get(service)?.seen.ring.last(count) ?? [],
    lastOfRun(service, count) {
      const seen = streams.get(service)?.seen;
      return seen === undefined ? [] : seen.ring.last(Math.min(count, seen.lines - seen.linesBefore));
    },
    totals: (service) => {
      const { lines = 0, bytes = 0 } = streams.get(service)?.seen ?? {};
      return { lines, bytes };
    },
    path,
    end: (service) => streams.get(service)?.log.end(),
    start: (service) => streams.get(service)?.log.start() ?? sizeOf(path(service)),
    async [Symbol.asyncDispose]() {
      room[Symbol.dispose]();
      for (const { log } of [...streams.values(), ...left]) await log[Symbol.asyncDispose]();
    },
  };
}

function noticeOf(service: string, news: LogNews): Notice {
  if (news.kind === "remark") return { kind: "log", service, message: news.message };
  return { kind: "rotated", service, from: news.from, archive: news.archive };
}

function wordsOnRoom(directory: string, isFull: boolean): string {
  return isFull
    ? `the disk that the logs are on is full (${directory}); what services write is lost until there is room`
    : "there is room for logs on the disk again";
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
