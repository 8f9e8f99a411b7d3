// One service's log for as long as an engine follows it: the file that the service writes, what is seen of it, when it was
// seen, and what is moved into archives when there is too much of it.

import { closeSync, fstatSync, readSync, statSync, writeSync } from "node:fs";
import type { LogPolicy } from "../../core/service.ts";
import { after } from "../clock.ts";
import { openPlain } from "../files/plain.ts";
import { retireLog } from "./archive.ts";
import { type LogFile, openLogFile } from "./file.ts";
import { beginningOf } from "./hole.ts";
import type { LineBatch } from "./lines.ts";
import { archivePath, timesPath } from "./names.ts";
import { type Halt, rotateLog } from "./rotate.ts";
import { tailLog } from "./tail.ts";
import { readTimes } from "./times-reader.ts";
import { keepTimes } from "./times-writer.ts";

/** What happened to a log. */
export type LogNews =
  /** Its bytes before `from` are in the archive now. */
  | { readonly kind: "rotated"; readonly from: number; readonly archive: string }
  /** Something that a reader should know, in words. */
  | { readonly kind: "remark"; readonly message: string };

/** What to follow. */
export interface FollowedOptions {
  readonly path: string;
  readonly policy: LogPolicy;
  /** Where to go on when the service has been running for longer than we have, and where its session began. */
  readonly at?: { readonly from: number; readonly start: number };
  readonly onLines: (batch: LineBatch) => void;
  readonly onNews: (news: LogNews) => void;
  /** Stops the service for a moment; undefined when that cannot be. */
  readonly halt: () => Promise<Halt | undefined>;
}

/** A log that is written and followed. */
export interface FollowedLog extends AsyncDisposable {
  /** For the service to write to. */
  readonly fd: number;
  /** Where this session's part begins, in bytes. */
  start(): number;
  /** Where what has been seen of it ends, in bytes. */
  end(): number;
  /** True while the file of this name is the one that is written to. */
  isThere(): boolean;
  /** Resolves once every line that is in the log by now has been seen. */
  drain(): Promise<void>;
  /** Another run writes to it from now on: a line that the last one has not ended is none of its first. */
  beginRun(): void;
  /** Lines wait in the file until `resume`. */
  pause(): void;
  resume(): void;
  /** Another file gets its name: it is only followed from now on. */
  leave(): void;
  /** Nobody writes to it any more: true if it has become an archive, so that the next run begins a new file. */
  retire(): boolean;
}

/** Before a rotation that did not work is tried again. */
const patience = 30_000;
const lineFeed = 10;

/** Opens the log, with its directory; throws the system's error. A log that has grown too large or old is archived first. */
export function followLog(options: FollowedOptions): FollowedLog {
  const { path, policy, at, onLines, onNews, halt } = options;
  const file = at === undefined ? openFresh(path, policy, onNews) : openLogFile(path);
  // A log that is shorter than it was has been begun anew.
  const from = at === undefined || at.from > file.size ? file.size : at.from;
  let start = Math.min(at?.start ?? file.size, file.size);
  let first = file.size === 0 ? 0 : beginOf(path, file);
  /** Behind the last line feed that was seen. */
  let whole = from;
  let oldest = policy.maxAge === undefined ? undefined : oldestIn(path, file, first);
  let rotating: Promise<void> | undefined;
  let pausing: Disposable | undefined;
  let warned = false;
  let isLeft = false;

  const times = keepTimes(timesPath(path), { inode: file.inode, first });
  // What was written while nobody followed has been seen by now.
  if (from > 0) times.saw(from);

  const see = (batch: LineBatch): void => {
    onLines(batch);
    if (batch.origin === "launch") return;
    const delivered = tail.delivered();
    if (isLeft) return;
    times.saw(delivered);
    whole = lineEndBefore(batch.bytes, delivered) ?? whole;
    if (policy.maxAge !== undefined) oldest ??= Date.now();
    // A line without an end is parted rather than kept for ever.
    if (delivered - whole > policy.maxSize) whole = delivered;
    if (isDue()) rotating ??= rotate();
  };

  const isDue = (): boolean =>
    !isLeft &&
    pausing === undefined &&
    (whole - first >= policy.maxSize ||
      (policy.maxAge !== undefined && oldest !== undefined && whole > first && Date.now() - oldest > policy.maxAge));

  const rotate = async (): Promise<void> => {
    try {
      const rotation = { path, inode: file.inode, from: first, to: whole, keep: policy.keep, times, halt, catchUp };
      const done = await rotateLog(rotation, ({ first: begins, shift }) => {
        first = begins;
        oldest = undefined;
        whole += shift;
        start = Math.max(start + shift, first);
        if (shift !== 0) tail.rebase(shift);
        onNews({ kind: "rotated", from: first, archive: archivePath(path, 1) });
      });
      if (done === undefined) pause();
      else warned = false;
    } catch (error) {
      pause();
      // Who has taken the log away hears of it elsewhere.
      if (!log.isThere() || warned) return;
      warned = true;
      onNews({ kind: "remark", message: `the log could not be rotated and grows on: ${wordsOf(error)}` });
    } finally {
      // More may have been written meanwhile than there is room for.
      rotating = isDue() ? rotate() : undefined;
    }
  };

  const pause = (): void => {
    pausing = after(patience, () => (pausing = undefined));
  };

  /** Where the last whole line ends once everything has been seen. */
  const catchUp = (): number => {
    tail.catchUp();
    return whole;
  };

  const tail = tailLog({
    path,
    from,
    onLines: see,
    onReplaced: (message) => onNews({ kind: "remark", message }),
    onTruncated() {
      first = whole = start = 0;
      oldest = undefined;
      times.restart();
    },
  });

  const log: FollowedLog = {
    fd: file.fd,
    start: () => start,
    end: tail.delivered,
    isThere() {
      try {
        return statSync(path).ino === file.inode;
      } catch {
        return false;
      }
    },
    drain: tail.drain,
    beginRun() {
      if (!tail.endsLine() && endLine(file.fd)) tail.lineEnded();
    },
    pause: tail.pause,
    resume: tail.resume,
    leave() {
      if (isLeft) return;
      isLeft = true;
      times[Symbol.dispose]();
    },
    retire() {
      if (first === 0 || rotating !== undefined || !log.isThere()) return false;
      try {
        retireLog(path, policy.keep);
        return true;
      } catch {
        return false;
      }
    },
    async [Symbol.asyncDispose]() {
      log.leave();
      pausing?.[Symbol.dispose]();
      await rotating;
      await tail[Symbol.asyncDispose]();
      file[Symbol.dispose]();
    },
  };
  return log;
}

/** Opens the log of a service that does not run. */
function openFresh(path: string, policy: LogPolicy, onNews: FollowedOptions["onNews"]): LogFile {
  const file = openLogFile(path);
  if (file.size === 0) return file;
  const first = beginOf(path, file);
  const oldest = policy.maxAge === undefined ? undefined : oldestIn(path, file, first);
  const isOld = oldest !== undefined && policy.maxAge !== undefined && Date.now() - oldest > policy.maxAge;
  if (first === 0 && file.size < policy.maxSize && !isOld) return withWholeLines(path, file);
  try {
    retireLog(path, policy.keep);
  } catch (error) {
    onNews({ kind: "remark", message: `the log could not be rotated and grows on: ${wordsOf(error)}` });
    return file;
  }
  file[Symbol.dispose]();
  return openLogFile(path);
}

/** The file of a former session, whose last line is ended so that it is none of this one's first. */
function withWholeLines(path: string, file: LogFile): LogFile {
  const fd = openPlain(path, "read");
  try {
    const last = Buffer.alloc(1);
    readSync(fd, last, 0, 1, file.size - 1);
    // A NUL at the end is the end of a hole.
    if (last[0] === lineFeed || last[0] === 0) return file;
    return endLine(file.fd) ? { ...file, size: file.size + 1 } : file;
  } finally {
    closeSync(fd);
  }
}

/** False where the disk is full: then what is written next is lost as well. */
function endLine(fd: number): boolean {
  try {
    return writeSync(fd, "\n") === 1;
  } catch {
    return false;
  }
}

function beginOf(path: string, file: LogFile): number {
  const fd = openPlain(path, "read");
  try {
    return fstatSync(fd).ino === file.inode ? beginningOf(path, fd) : 0;
  } finally {
    closeSync(fd);
  }
}

/** When the log's first line was seen; without a note of it, when the file was made. Undefined for an empty log. */
function oldestIn(path: string, file: LogFile, first: number): number | undefined {
  if (file.size <= first) return undefined;
  using times = readTimes(timesPath(path), file.inode);
  return times?.at(first)?.time ?? fstatSync(file.fd).birthtimeMs;
}

/** Where the last whole line of bytes ends that end at `offset`. */
function lineEndBefore(bytes: Buffer, offset: number): number | undefined {
  if (bytes[bytes.length - 1] === lineFeed) return offset;
  const last = bytes.lastIndexOf(lineFeed);
  return last === -1 ? undefined : offset - bytes.length + last + 1;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
