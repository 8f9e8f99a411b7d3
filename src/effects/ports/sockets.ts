// Who listens: the kernel's table of listening TCP sockets, read without a tool and without blocking the loop.
// Which process a socket belongs to is `holders.ts`.

import { execFile } from "node:child_process";
import { close, open, read, readFileSync } from "node:fs";
import { SocketAddress, isIPv4, isIPv6 } from "node:net";
import { promisify } from "node:util";
import type { Port } from "../../core/service.ts";
import { now } from "../clock.ts";
import { hasProc } from "../processes/proc.ts";

/** One listening TCP socket. */
export interface Listener {
  readonly port: Port;
  /** Normalised: `127.0.0.1`, `::`; an IPv4 address mapped into IPv6 counts as IPv4. */
  readonly address: string;
  readonly family: 4 | 6;
  /** Names the socket for ever; 0 where the system does not tell (macOS). */
  readonly inode: number;
  /** The user who made the socket; -1 where the system does not tell. */
  readonly uid: number;
  /** The process, where the table itself names it (macOS). */
  readonly pid?: number;
}

const execute = promisify(execFile);

/** All listening TCP sockets of this network namespace, no older than the call; callers that come together share one read. */
export const readListeners: () => Promise<readonly Listener[]> = sharing(async () =>
  (await Promise.all(tables.map(({ read }) => read()))).flat(),
);

/** Lets callers that come together share one read. */
function sharing<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let queued: Promise<T> | undefined;
  const start = async (): Promise<T> => {
    queued = undefined;
    running = read();
    try {
      return await running;
    } finally {
      running = undefined;
    }
  };
  // A read under way may have passed the place where a socket has appeared since, so whoever comes now shares the next one.
  return () => (running === undefined ? start() : (queued ??= running.then(start, start)));
}

/** A table of the system's, and its counter of sockets in use; `undefined` where nothing counts. */
interface Table {
  readonly read: () => Promise<readonly Listener[]>;
  readonly count: () => string | undefined;
}

const tables: readonly Table[] = hasProc
  ? [
      { read: sharing(() => readTable("/proc/net/tcp", 4)), count: () => countIn("/proc/net/sockstat") },
      { read: sharing(() => readTable("/proc/net/tcp6", 6)), count: () => countIn("/proc/net/sockstat6") },
    ]
  : [{ read: sharing(readLsof), count: () => undefined }];

interface Look {
  readonly count: string | undefined;
  readonly at: number;
  readonly rows: readonly Listener[];
}

const longestAgeMs = 100;
const looks = new Map<Table, Look>();
let polled: { readonly looks: readonly Look[]; readonly rows: readonly Listener[] } | undefined;

/** As `readListeners`, for pollers: the very same array as last time, up to 100 ms old, while the number of sockets in use stays the same. */
export async function pollListeners(): Promise<readonly Listener[]> {
  const current = await Promise.all(tables.map(lookAt));
  if (polled === undefined || polled.looks.some((look, index) => look !== current[index])) {
    polled = { looks: current, rows: current.flatMap(({ rows }) => rows) };
  }
  return polled.rows;
}

// Each table for itself: the one of IPv6 costs the kernel four times as much as the one where most services appear.
async function lookAt(table: Table): Promise<Look> {
  // Counted before the table is read: what changes in between is seen by the next poll.
  const count = table.count();
  const at = now();
  const known = looks.get(table);
  if (known !== undefined && known.count === count && at - known.at < longestAgeMs) return known;
  const look = { count, at, rows: await table.read() };
  looks.set(table, look);
  return look;
}

/** The kernel's counters of TCP sockets in use, which change when one starts to listen (0.02 ms); `undefined` without `/proc`. */
export function readSocketCount(): string | undefined {
  return hasProc ? tables.map(({ count }) => count()).join(" ") : undefined;
}

function countIn(path: string): string {
  try {
    return /^TCP6?: inuse (\d+)/m.exec(readFileSync(path, "latin1"))?.[1] ?? "";
  } catch {
    return "";
  }
}

/** The socket that a connection to the port reaches: the exact address, then every IPv4 address, then every address; without a host, 127.0.0.1 is tried before ::1. */
export function listenerFor(listeners: readonly Listener[], port: Port, host?: string): Listener | undefined {
  const rows = listeners.filter((row) => row.port === port);
  if (rows.length === 0) return undefined;
  const at = (address: string): Listener | undefined => rows.find((row) => row.address === address);
  if (host === undefined || host === "localhost" || host === "0.0.0.0" || host === "::") {
    return (
      at("127.0.0.1") ??
      at("0.0.0.0") ??
      at("::") ??
      at("::1") ??
      (host === undefined || host === "localhost" ? undefined : rows[0])
    );
  }
  if (isIPv4(host)) return at(host) ?? at("0.0.0.0") ?? at("::");
  if (isIPv6(host)) return at(normalise(host)) ?? at("::");
  return undefined;
}

async function readTable(path: string, family: 4 | 6): Promise<readonly Listener[]> {
  return parseTable(await readPages(path), family);
}

/** The rows of `/proc/net/tcp` or `tcp6` whose state is LISTEN. */
export function parseTable(text: string, family: 4 | 6): readonly Listener[] {
  const found: Listener[] = [];
  for (const line of text.split("\n")) {
    const [, local, , state, , , , uid, , inode] = line.trim().split(/\s+/, 10);
    if (state !== listenState || local === undefined) continue;
    const [hex = "", port = ""] = local.split(":");
    found.push({ ...addressOf(hex, family), port: Number.parseInt(port, 16), inode: Number(inode), uid: Number(uid) });
  }
  return found;
}

const listenState = "0A";

// The kernel prints an address as 32-bit words in the machine's byte order; every machine that Node supports under Linux
// with this table is little-endian, s390x aside.
function addressOf(hex: string, family: 4 | 6): { readonly address: string; readonly family: 4 | 6 } {
  const bytes = Buffer.from(hex, "hex").swap32();
  if (family === 4) return { address: bytes.join("."), family };
  if (hex.startsWith("0000000000000000FFFF0000")) return { address: bytes.subarray(12).join("."), family: 4 };
  const groups = bytes.toString("hex").match(/.{4}/g) ?? [];
  return { address: normalise(groups.join(":")), family };
}

function normalise(address: string): string {
  const known = wellKnown[address];
  return known ?? new SocketAddress({ address, family: "ipv6" }).address;
}

const wellKnown: Readonly<Record<string, string>> = {
  "0000:0000:0000:0000:0000:0000:0000:0000": "::",
  "0000:0000:0000:0000:0000:0000:0000:0001": "::1",
};

// The kernel hands out at most a page of whole rows at a time, and walks its whole table to find that there are no more.
// A row has up to 180 bytes: a piece that leaves room for another row was the last one, which saves that walk.
const page = 4096;
const longestRow = 256;
const buffers = new Map<string, Buffer>();

async function readPages(path: string): Promise<string> {
  const buffer = buffers.get(path) ?? Buffer.allocUnsafe(page * 16);
  buffers.set(path, buffer);
  return new Promise((resolve) => {
    open(path, "r", (failure, fd) => {
      // A kernel without IPv6 has no tcp6.
      if (failure !== null) return resolve("");
      const pieces: string[] = [];
      const finish = (): void => close(fd, () => resolve(pieces.join("")));
      const next = (): void =>
        read(fd, buffer, 0, buffer.length, null, (error, size) => {
          if (error !== null || size === 0) return finish();
          const piece = buffer.toString("latin1", 0, size);
          pieces.push(piece);
          return size < page - longestRow || isPastListeners(piece) ? finish() : next();
        });
      next();
    });
  });
}

// The kernel prints all listening sockets before any other, so a busy server's connections need not be read.
function isPastListeners(piece: string): boolean {
  const last = piece.slice(piece.lastIndexOf("\n", piece.length - 2) + 1);
  const state = last.trim().split(/\s+/, 4)[3];
  return state !== undefined && state !== listenState && state !== "st";
}

// Not run on macOS so far. `lsof` ends with 1 when it finds nothing, with its rows when a part was not readable.
async function readLsof(): Promise<readonly Listener[]> {
  try {
    return parseLsof(
      (await execute("lsof", ["-nP", "-iTCP", "-sTCP:LISTEN", "-F", "pun"], { maxBuffer: 64 << 20 })).stdout,
    );
  } catch (error) {
    const output = (error as { readonly stdout?: unknown }).stdout;
    return typeof output === "string" ? parseLsof(output) : [];
  }
}

/** The output of `lsof -nP -iTCP -sTCP:LISTEN -F pun`. */
export function parseLsof(text: string): readonly Listener[] {
  const found: Listener[] = [];
  let pid = 0;
  let uid = -1;
  for (const line of text.split("\n")) {
    const value = line.slice(1);
    if (line.startsWith("p")) pid = Number(value);
    else if (line.startsWith("u")) uid = Number(value);
    else if (line.startsWith("n")) {
      const split = value.lastIndexOf(":");
      const host = value.slice(0, split).replace(/^\[|\]$/g, "");
      const port = Number(value.slice(split + 1));
      if (!Number.isInteger(port)) continue;
      // `*` stands for both families' wildcards; a dual-stack socket answers on both.
      const address = host === "*" ? "::" : isIPv6(host) ? normalise(host) : host;
      found.push({ port, address, family: isIPv4(address) ? 4 : 6, inode: 0, uid, pid });
    }
  }
  return found;
}
