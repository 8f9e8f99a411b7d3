// How the times of a log's lines are kept beside it: records of 12 bytes, each a place in the log and the wall clock in
// milliseconds by which everything before that place had been seen. Three records at the front say which file it is about,
// so that the times of another file are never taken for its own. Pure.

/** What stands at the front. */
export interface TimesHeader {
  /** The inode of the log. */
  readonly inode: number;
  /** Where the log begins: what was before has been archived and is a hole. */
  readonly first: number;
  /** Of an archive that was copied: the inode of the log that it was copied from, and from where; else 0. */
  readonly source: number;
  readonly from: number;
}

/** Everything before `offset` was seen by `time`. */
export interface TimesRecord {
  readonly offset: number;
  readonly time: number;
}

/** Bytes of one record. */
export const recordSize = 12;

/** Bytes before the first record. */
export const headerSize = 3 * recordSize;

const field = 6;
const most = 2 ** 48;
const magic = "ltime1";

/** The front of a file of times. Inodes are kept modulo 2^48. */
export function encodeHeader({ inode, first, source, from }: TimesHeader): Buffer {
  const bytes = Buffer.alloc(headerSize);
  bytes.write(magic, "latin1");
  for (const [index, value] of [inode, first, source, from].entries()) {
    bytes.writeUIntBE(value % most, field * (index + 1), field);
  }
  return bytes;
}

/** Undefined for what is no such file. */
export function decodeHeader(bytes: Buffer): TimesHeader | undefined {
  if (bytes.length < headerSize || bytes.toString("latin1", 0, magic.length) !== magic) return undefined;
  const at = (index: number): number => bytes.readUIntBE(field * (index + 1), field);
  return { inode: at(0), first: at(1), source: at(2), from: at(3) };
}

/** True if the header is about the file with this inode. */
export function isAbout({ inode }: TimesHeader, file: number): boolean {
  return inode === file % most;
}

/** True if the header is of an archive that was copied from the file with this inode. */
export function isFrom({ source }: TimesHeader, file: number): boolean {
  return source === file % most;
}

/** Writes a record into `bytes` at `at`. */
export function encodeRecord({ offset, time }: TimesRecord, bytes: Buffer, at: number): void {
  bytes.writeUIntBE(offset % most, at, field);
  bytes.writeUIntBE(Math.max(0, Math.round(time)) % most, at + field, field);
}

/** The record at `at`. */
export function decodeRecord(bytes: Buffer, at: number): TimesRecord {
  return { offset: bytes.readUIntBE(at, field), time: bytes.readUIntBE(at + field, field) };
}
