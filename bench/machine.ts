// The machine under the benchmark: its clock, a compiled service, free ports, and what /proc says of processes.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Milliseconds of CLOCK_MONOTONIC, the clock that the service stamps with. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A temporary directory with what is measured in it; all of it is gone after disposal. */
export interface Bench extends Disposable {
  readonly directory: string;
  /** The compiled service. */
  readonly service: string;
  /** The entry of a copy of the built command, so that a build meanwhile changes nothing. */
  readonly launch: string;
}

/** Compiles the service and copies the built command into a new temporary directory. */
export function openBench(): Bench {
  const directory = mkdtempSync(join(tmpdir(), "launch-bench-"));
  const root = resolve(import.meta.dirname, "..");
  const parts = ["package.json", "bin", "dist"];
  parts.forEach((part) => cpSync(join(root, part), join(directory, part), { recursive: true }));
  return {
    directory,
    service: compile(directory, "service"),
    launch: join(directory, "bin/launch.js"),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Compiles the C program of this name into the directory; gives its path. */
export function compile(directory: string, name: string): string {
  const program = join(directory, name);
  execFileSync("gcc", ["-O2", "-Wall", "-pthread", "-o", program, resolve(import.meta.dirname, `${name}.c`)], {
    stdio: "inherit",
  });
  return program;
}

/** One moment that a service wrote down itself, in milliseconds of the monotonic clock. */
export interface Stamp {
  readonly what: "started" | "listening" | "printed" | "child" | "daemon";
  readonly pid: number;
  readonly at: number;
  readonly name: string;
}

/** All whole lines of a stamp file so far; none while it does not exist. */
export function readStamps(path: string): readonly Stamp[] {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [what = "", pid = "", ns = "", name = ""] = line.split(" ");
      return { what: what as Stamp["what"], pid: Number(pid), at: Number(ns) / 1e6, name };
    });
}

let nextPort = 20_000;

/** A run of `count` ports in a row that nobody listens on, below the range that the system gives away itself. */
export async function freePorts(count: number): Promise<readonly number[]> {
  while (nextPort + count < 32_000) {
    const first = nextPort;
    // At once, since somebody else may ask while these are tried.
    nextPort += count;
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return ports;
  }
  throw new Error(`no ${count} free ports in a row below 32000`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve: settle } = Promise.withResolvers<boolean>();
  server.once("error", () => settle(false));
  server.listen(port, () => server.close(() => settle(true)));
  return promise;
}

/** The process and everything below it, services (processes of the program `except`) left out. */
export function ownProcesses(root: number, except: string): readonly number[] {
  const children = Map.groupBy(allProcesses(), parentOf);
  const found: number[] = [];
  const visit = (pid: number) => {
    if (programOf(pid) === except) return;
    found.push(pid);
    (children.get(pid) ?? []).forEach(visit);
  };
  visit(root);
  return found;
}

/** Every process that runs this program. */
export function processesOf(program: string): readonly number[] {
  return allProcesses().filter((pid) => programOf(pid) === program);
}

/** The CPU time of all threads alive, in milliseconds. */
export function cpuTime(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const times = tasks.map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]));
  return times.reduce((sum, ns) => sum + ns, 0) / 1e6;
}

/** The proportional set size in megabytes: shared pages are counted once over all who share them. */
export function proportionalMemory(pid: number): number {
  return kilobytes(`/proc/${pid}/smaps_rollup`, "Pss") / 1024;
}

/** The most memory that the process has had resident so far, in megabytes; nothing when it is gone. */
export function peakMemory(pid: number): number | undefined {
  try {
    return kilobytes(`/proc/${pid}/status`, "VmHWM") / 1024;
  } catch {
    return undefined;
  }
}

function kilobytes(path: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readFileSync(path, "utf8"))?.[1];
  if (found === undefined) throw new Error(`${path} does not say ${field}`);
  return Number(found);
}

/** Every process that there is. */
export function allProcesses(): readonly number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0;
  }
}

/** The program file that a process runs; empty for one that has ended. */
export function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return "";
  }
}
