import { describe, expect, test } from "vitest";
import { parseCgroup, parseStat } from "../../../src/effects/processes/proc.ts";
import { parsePsRow, readPs } from "../../../src/effects/processes/ps.ts";
import { listenerFor, parseLsof, parseTable, type Listener } from "../../../src/effects/ports/sockets.ts";

test("a process's name may hold spaces and parentheses", () => {
  const rest = "S 1 4242 4242 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 3 0 987654 1 2";
  expect(parseStat(`4242 (a) b (c) 7) ${rest}`)).toEqual({
    pid: 4242,
    name: "a) b (c) 7",
    state: "S",
    ppid: 1,
    group: 4242,
    session: 4242,
    startTicks: 987_654,
    threads: 3,
  });
  expect(parseStat("")).toBeUndefined();
  expect(parseStat("4242 (cut o")).toBeUndefined();
});

test("a cgroup names the innermost unit, or the container", () => {
  const id = "0123456789abcdef".repeat(4);
  expect(parseCgroup("0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-code-12.scope\n")).toEqual({
    unit: "app-code-12.scope",
  });
  expect(parseCgroup("0::/system.slice/postgresql.service\n")).toEqual({ unit: "postgresql.service" });
  expect(parseCgroup(`0::/system.slice/docker-${id}.scope\n`)).toEqual({ container: id });
  expect(parseCgroup(`0::/kubepods/besteffort/pod1/${id}\n`)).toEqual({ container: id });
  expect(parseCgroup(`12:pids:/docker/${id}\n0::/\n`)).toEqual({ container: id });
  expect(parseCgroup("0::/\n")).toEqual({});
});

describe("ps", () => {
  test("a row of either family is read", () => {
    const row = parsePsRow("  501     1   501   501 Ss   Tue Nov  4 09:05:59 2025     /usr/sbin/thing --with words");
    expect(row).toMatchObject({
      pid: 501,
      ppid: 1,
      group: 501,
      uid: 501,
      state: "S",
      command: "/usr/sbin/thing --with words",
    });
    expect(row?.startSeconds).toBe(Math.round(new Date(2025, 10, 4, 9, 5, 59).getTime() / 1000));
    expect(parsePsRow("nonsense")).toBeUndefined();
  });
  test("this machine's ps is understood", () => {
    expect(readPs(process.pid)[0]).toMatchObject({ pid: process.pid, ppid: process.ppid });
    expect(readPs().some((row) => row.pid === process.pid)).toBe(true);
  });
});

describe("tables", () => {
  const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
  const row = (local: string, state: string, uid: number, inode: number): string =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;

  test("listening rows are read, others are not", () => {
    const text =
      head +
      row("0100007F:1F90", "0A", 1000, 11) +
      row("00000000:0050", "0A", 0, 12) +
      row("0100007F:1F90", "01", 1000, 13);
    expect(parseTable(text, 4)).toEqual([
      { address: "127.0.0.1", family: 4, port: 8080, inode: 11, uid: 1000 },
      { address: "0.0.0.0", family: 4, port: 80, inode: 12, uid: 0 },
    ]);
  });
  test("IPv6 addresses are written as people write them, and mapped ones are IPv4", () => {
    const text =
      row("00000000000000000000000001000000:1F90", "0A", 0, 1) +
      row("00000000000000000000000000000000:1F90", "0A", 0, 2) +
      row("0000000000000000FFFF00000100007F:1F90", "0A", 0, 3) +
      row("B80D0120000000000000010001000000:1F90", "0A", 0, 4);
    expect(parseTable(text, 6).map((listener) => `${listener.family} ${listener.address}`)).toEqual([
      "6 ::1",
      "6 ::",
      "4 127.0.0.1",
      "6 2001:db8::1:0:0:1",
    ]);
  });
  test("lsof's fields are read", () => {
    expect(parseLsof("p4711\nu501\nf10\nn127.0.0.1:3000\nf11\nn[::1]:3000\np4712\nu0\nf3\nn*:22\n")).toEqual([
      { port: 3000, address: "127.0.0.1", family: 4, inode: 0, uid: 501, pid: 4711 },
      { port: 3000, address: "::1", family: 6, inode: 0, uid: 501, pid: 4711 },
      { port: 22, address: "::", family: 6, inode: 0, uid: 0, pid: 4712 },
    ]);
  });
});

test("a connection reaches the exact address, then IPv4's wildcard, then the dual-stack one", () => {
  const at = (address: string, inode: number): Listener => ({
    port: 80,
    address,
    family: address.includes(":") ? 6 : 4,
    inode,
    uid: 0,
  });
  const all = [at("::", 1), at("0.0.0.0", 2), at("127.0.0.1", 3), at("::1", 4)];
  const without = (...addresses: string[]) => all.filter((row) => !addresses.includes(row.address));
  expect(listenerFor(all, 80, "127.0.0.1")?.inode).toBe(3);
  expect(listenerFor(without("127.0.0.1"), 80, "127.0.0.1")?.inode).toBe(2);
  expect(listenerFor(without("127.0.0.1", "0.0.0.0"), 80, "127.0.0.1")?.inode).toBe(1);
  expect(listenerFor(without("::", "0.0.0.0", "127.0.0.1"), 80, "127.0.0.1")).toBeUndefined();
  expect(listenerFor(all, 80, "::1")?.inode).toBe(4);
  expect(listenerFor(all, 80, "0:0:0:0:0:0:0:1")?.inode).toBe(4);
  expect(listenerFor(without("::1"), 80, "::1")?.inode).toBe(1);
  expect(listenerFor(all, 80)?.inode).toBe(3);
  expect(listenerFor([at("::1", 4)], 80)?.inode).toBe(4);
  expect(listenerFor(all, 81)).toBeUndefined();
});
