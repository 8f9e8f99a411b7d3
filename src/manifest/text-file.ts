// A file's text, bounded in size, and in time where somebody has to write it first: a named pipe, as secret managers and
// `<(…)` of a shell make them. Such a pipe says what it says only once, so that is kept for whoever asks again.

import { constants, lstatSync, openSync, readFile, readFileSync, readlinkSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { devNull } from "node:os";

/** A file that gives no text; the message follows its name and has no final stop. */
export class UnreadableError extends Error {
  override name = "UnreadableError";
  /** True: there is no such file. */
  readonly isMissing: boolean;

  constructor(message: string, options?: ErrorOptions & { readonly isMissing?: boolean }) {
    super(message, options);
    this.isMissing = options?.isMissing ?? false;
  }
}

/** What a file may take. */
export interface TextBounds {
  readonly mebibytes: number;
  /** True: a regular file is read at once, which takes less, where nothing else goes on meanwhile. */
  readonly isAlone?: true;
  /** For how long the writer of a pipe may be silent, in seconds. */
  readonly silence: number;
}

/** The text of a file, without a byte order mark. Throws UnreadableError. */
export async function readTextFile(path: string, bounds: TextBounds): Promise<string> {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) throw missing(path);
    return new TextDecoder("utf-8", { fatal: true }).decode(await readBytes(path, stat, bounds));
  } catch (cause) {
    if (cause instanceof UnreadableError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT") throw missing(path);
    throw new UnreadableError(reasons[code ?? ""] ?? `cannot be read (${code ?? "unknown error"})`, { cause });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "may not be read",
  EISDIR: "is a directory",
  ELOOP: "is a link that leads back to itself",
  ERR_ENCODING_INVALID_ENCODED_DATA: "is not UTF-8 text; save it as UTF-8",
};

/** False where nothing is; what may not be looked at is told by whoever reads it. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

/** What a link names where nothing is; undefined for all else. */
export function danglingTarget(path: string): string | undefined {
  try {
    const link = lstatSync(path, { throwIfNoEntry: false });
    return link?.isSymbolicLink() !== true || isThere(path) ? undefined : readlinkSync(path);
  } catch {
    return undefined;
  }
}

function missing(path: string): UnreadableError {
  const target = danglingTarget(path);
  const words = target === undefined ? "does not exist" : `is a link to ${target}, which does not exist`;
  return new UnreadableError(words, { isMissing: true });
}

async function readBytes(path: string, stat: Stats, bounds: TextBounds): Promise<Buffer> {
  if (stat.isFIFO()) return readPipeOnce(path, stat, bounds);
  if (stat.isFile()) {
    if (stat.size > bounds.mebibytes * 1024 * 1024) throw tooLarge(bounds);
    return bounds.isAlone === true ? readFileSync(path) : readRegular(path);
  }
  if (isNullDevice(stat)) return Buffer.alloc(0);
  throw new UnreadableError(
    stat.isDirectory() ? "is a directory" : `is a ${stat.isSocket() ? "socket" : "device"}, and no file or pipe`,
  );
}

// By its number: a link to it, as a file is masked by, has a name of its own.
function isNullDevice(stat: Stats): boolean {
  return stat.isCharacterDevice() && stat.rdev === statSync(devNull, { throwIfNoEntry: false })?.rdev;
}

// By `node:fs`: to load its promises takes longer than to read a manifest.
function readRegular(path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    readFile(path, (error, bytes) => (error === null ? resolve(bytes) : reject(error)));
  });
}

function tooLarge({ mebibytes }: TextBounds): UnreadableError {
  return new UnreadableError(`is larger than ${mebibytes} MiB and is not read`);
}

const readings = new Map<string, Promise<Buffer>>();

function readPipeOnce(path: string, { dev, ino }: Stats, bounds: TextBounds): Promise<Buffer> {
  const key = `${dev} ${ino} ${path}`;
  const known = readings.get(key);
  if (known !== undefined) return known;
  const reading = readPipe(path, bounds);
  readings.set(key, reading);
  // What came to nothing may be tried again.
  reading.catch(() => readings.delete(key));
  return reading;
}

// As a stream, since a read that waits in a thread of the process could be ended by no signal.
async function readPipe(path: string, bounds: TextBounds): Promise<Buffer> {
  const { Socket } = await import("node:net");
  // Without O_NONBLOCK, to open it would wait for a writer.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stream = new Socket({ fd, readable: true, writable: false });
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      stream.destroy();
      reject(error);
    };
    let size = 0;
    stream.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > bounds.mebibytes * 1024 * 1024) fail(tooLarge(bounds));
    });
    stream.on("error", fail);
    stream.on("end", () => {
      stream.destroy();
      resolve(Buffer.concat(chunks));
    });
    stream.setTimeout(bounds.silence * 1000, () => fail(silent(size, bounds)));
  });
}

function silent(size: number, { silence }: TextBounds): UnreadableError {
  return new UnreadableError(
    size === 0
      ? `is a pipe, and nobody wrote into it within ${silence} s`
      : `is a pipe that was written into and then not closed within ${silence} s`,
  );
}
