// Who listens: the kernel's tables of listening TCP sockets and of UDP sockets, read without a tool and without blocking the loop.
// Which process a socket belongs to is `holders.ts`.

import { execFile } from "node:child_process";
import { close, open, read, readFileSync } from "node:fs";
import { SocketAddress, isIPv4, isIPv6 } from "node:net";
import { promisify } from "node:util";
import type { Port } from "../../core/service.ts";
import { now } from "../clock.ts";
import { hasProc } from "../processes/proc.ts";

/** One listening TCP socket, or a UDP socket that is bound and not connected. */
export interface Listener {
  /** Given for UDP. */
  readonly transport?: "udp";
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

/** The protocol of a port; not given: TCP. */
type Transport = Listener["transport"];

/** All listening sockets of this network namespace, no older than the call; callers that come together share one read. */
export function readListeners(transport?: Transport): Promise<readonly Listener[]> {
  return transport === "udp" ? readDatagrams() : readStreams();
}

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

/** The tables of one protocol, with what was last seen in them. */
interface Tables {
  readonly tables: readonly Table[];
  polled?: { readonly looks: readonly Look[]; readonly rows: readonly Listener[] };
}

const streams: Tables = { tables: tablesFor(undefined) };
const datagrams: Tables = { tables: tablesFor("udp") };
const readStreams = sharing(() => readAll(streams));
const readDatagrams = sharing(() => readAll(datagrams));

async function readAll({ tables }: Tables): Promise<readonly Listener[]> {
  return (await Promise.all(tables.map(({ read }) => read()))).flat();
}

function tablesFor(transport: Transport): readonly Table[] {
  if (!hasProc) return [{ read: sharing(() => readLsof(transport)), count: () => undefined }];
  const name = transport ?? "tcp";
  return [
    {
      read: sharing(() => readTable(`/proc/net/${name}`, 4, transport)),
      count: () => countIn("/proc/net/sockstat", name),
    },
    {
      read: sharing(() => readTable(`/proc/net/${name}6`, 6, transport)),
      count: () => countIn("/proc/net/sockstat6", name),
    },
  ];
}

interface Look {
  readonly count: string | undefined;
  readonly at: number;
  readonly rows: readonly Listener[];
}

const longestAgeMs = 100;
const looks = new Map<Table, Look>();

/** As `readListeners`, for pollers: the very same array as last time, up to 100 ms old, while the number of sockets in use stays the same. */
export async function pollListeners(transport?: Transport): Promise<readonly Listener[]> {
  const own = transport === "udp" ? datagrams : streams;
  const current = await Promise.all(own.tables.map(lookAt));
  if (own.polled === undefined || own.polled.looks.some((look, index) => look !== current[index])) {
    own.polled = { looks: current, rows: current.flatMap(({ rows }) => rows) };
  }
  return own.polled.rows;
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
  return hasProc ? streams.tables.map(({ count }) => count()).join(" ") : undefined;
}

function countIn(path: string, name: string): string {
  try {
    const line = new RegExp(`^${name}6?: inuse (\\d+)`, "im");
    return line.exec(readFileSync(path, "latin1"))?.[1] ?? "";
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

async function readTable(path: string, family: 4 | 6, transport: Transport): Promise<readonly Listener[]> {
  return parseTable(await readPages(path, transport === "udp"), family, transport);
}

/** The rows of `/proc/net/tcp` or `tcp6` whose state is LISTEN, or of `udp` or `udp6` that are connected to nobody. */
export function parseTable(text: string, family: 4 | 6, transport?: Transport): readonly Listener[] {
  const wanted = transport === "udp" ? unconnectedState : listenState;
  const found: Listener[] = [];
  for (const line of text.split("\n")) {
    const [, local, , state, , , , uid, , inode] = line.trim().split(/\s+/, 10);
    if (state !== wanted || local === undefined) continue;
    const [hex = "", port = ""] = local.split(":");
    const kind = transport === undefined ? {} : { transport };
    found.push({
      ...kind,
      ...addressOf(hex, family),
      port: Number.parseInt(port, 16),
      inode: Number(inode),
      uid: Number(uid),
    });
  }
  return found;
}

const listenState = "0A";
// The kernel has one word for a closed TCP socket and for a UDP socket that takes datagrams from anybody.
const unconnectedState = "07";

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

async function readPages(path: string, isWhole: boolean): Promise<string> {
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
          return size < page - longestRow || (!isWhole && isPastListeners(piece)) ? finish() : next();
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
async function readLsof(transport: Transport): Promise<readonly Listener[]> {
  const kind = transport === "udp" ? ["-iUDP"] : ["-iTCP", "-sTCP:LISTEN"];
  try {
    const { stdout } = await execute("lsof", ["-nP", ...kind, "-F", "pun"], { maxBuffer: 64 << 20 });
    return parseLsof(stdout, transport);
  } catch (error) {
    const output = (error as { readonly stdout?: unknown }).stdout;
    return typeof output === "string" ? parseLsof(output, transport) : [];
  }
}

/** The output of `lsof -nP -iTCP -sTCP:LISTEN -F pun`, or of `-iUDP`, where what is connected has a `->`. */
export function parseLsof(text: string, transport?: Transport): readonly Listener[] {
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
      const kind = transport === undefined ? {} : { transport };
      found.push({ ...kind, port, address, family: isIPv4(address) ? 4 : 6, inode: 0, uid, pid });
    }
  }
  return found;
}
