// The only file of the benchmark that knows how launch is called and what it prints.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Bench, now, processesOf } from "./machine.ts";

const limitMs = 60_000;

/** One service of a manifest, in the manifest's own keys. */
export type ServiceText = Readonly<Record<string, unknown>>;

/** A state of one service that launch told of, and when that was read here, in monotonic milliseconds. */
export interface Change {
  readonly service: string;
  readonly state: string;
  readonly at: number;
}

/** A running launch; it is ended, and nothing of it lives, after disposal. */
export interface Run extends AsyncDisposable {
  readonly pid: number;
  readonly directory: string;
  /** Just before the spawn, in monotonic milliseconds. */
  readonly startedAt: number;
  /** Waits for each of these services to be told in this state and gives the last moment; throws after a minute. */
  allAre(state: string, services: readonly string[]): Promise<number>;
  /** Waits until `found` gives something, looked at every five milliseconds; throws after a minute. */
  until<T>(what: string, found: () => T | undefined): Promise<T>;
  /** Waits for launch to end by itself and gives its exit code; throws after a minute. */
  ended(): Promise<number | null>;
}

/** Writes a manifest into a directory of its own, or into one that is there. JSON is YAML. */
export function writeManifest(
  bench: Bench,
  services: Readonly<Record<string, ServiceText>>,
  directory = mkdtempSync(join(bench.directory, "project-")),
): string {
  writeFileSync(join(directory, "services.yaml"), JSON.stringify({ name: "bench", services }));
  return directory;
}

/** The environment of everything that is measured: nothing personal, no `CI`. */
export function environment(directory: string): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: directory, NO_COLOR: "1" };
}

/** Runs launch to its end; gives wall milliseconds and what it printed. Throws unless it ends with 0. */
export function runToEnd(
  bench: Bench,
  directory: string,
  args: readonly string[],
): { readonly ms: number; readonly output: string } {
  return timeNode([bench.launch, ...args], directory);
}

/** Runs Node to its end, likewise. */
export function timeNode(args: readonly string[], directory: string): { readonly ms: number; readonly output: string } {
  const start = now();
  const result = spawnSync(process.execPath, args, { cwd: directory, env: environment(directory), timeout: limitMs });
  const ms = now() - start;
  if (result.status === 0) return { ms, output: String(result.stdout) };
  throw new Error(`node ${args.join(" ")} ended with ${result.status ?? result.signal}: ${String(result.stderr)}`);
}

/** Starts `launch up` in a project directory and reads its JSON stream. */
export function startLaunch(bench: Bench, directory: string): Run {
  const startedAt = now();
  const args = [bench.launch, "--non-interactive", "--json", "--quiet", "--report", "report.json"];
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: { ...environment(directory), STAMP: stampFile(directory) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("launch could not be spawned");
  const gone = once(child, "exit");

  const changes: Change[] = [];
  const lastWords: string[] = [];
  createInterface(child.stdout).on("line", (line) => changes.push(...readChanges(line)));
  createInterface(child.stderr).on("line", (line) => lastWords.push(line));

  async function until<T>(what: string, found: () => T | undefined): Promise<T> {
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      if (child.exitCode !== null) fail(`launch ended with ${child.exitCode} before ${what}`);
      if (now() - startedAt > limitMs) fail(`not seen within ${limitMs} ms: ${what}`);
      // Seldom, since looking takes time from what is measured; the moments are written down where they happen.
      await new Promise((next) => setTimeout(next, 5));
    }
  }

  function fail(words: string): never {
    throw new Error([words, ...lastWords.slice(-20), `last changes: ${JSON.stringify(changes.slice(-5))}`].join("\n"));
  }

  return {
    pid,
    directory,
    startedAt,
    until,
    allAre(state, services) {
      return until(`all of ${services.length} services ${state}`, () => {
        const reached = changes.filter((change) => change.state === state && services.includes(change.service));
        const names = new Set(reached.map((change) => change.service));
        return names.size === services.length ? Math.max(...reached.map((change) => change.at)) : undefined;
      });
    },
    async ended() {
      const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
      await gone;
      clearTimeout(timer);
      return child.exitCode;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGINT");
      const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
      await gone;
      clearTimeout(timer);
      const left = processesOf(bench.service);
      left.forEach((leftover) => process.kill(leftover, "SIGKILL"));
      if (left.length > 0) throw new Error(`launch left ${left.length} services running`);
      if (child.exitCode !== 0) fail(`launch ended with ${child.exitCode ?? child.signalCode}`);
    },
  };
}

/** The file that the services of a project stamp into. */
export function stampFile(directory: string): string {
  return join(directory, "stamps");
}

/** The file that holds what a service printed. */
export function logFile(directory: string, service: string): string {
  return join(directory, ".launch", "logs", `${service}.log`);
}

/** How much of a service's output launch says to have seen, from its report; throws when it says nothing. */
export function readCounts(directory: string, service: string): { readonly lines: number; readonly bytes: number } {
  const path = join(directory, "report.json");
  if (!existsSync(path)) throw new Error("launch wrote no report");
  const report = JSON.parse(readFileSync(path, "utf8")) as {
    services: { name: string; lines?: number; bytes?: number }[];
  };
  const { lines, bytes } = report.services.find(({ name }) => name === service) ?? {};
  if (lines === undefined || bytes === undefined) throw new Error(`the report does not say what ${service} printed`);
  return { lines, bytes };
}

/** The state changes that one line of the stream tells; none for lines of other kinds. */
function readChanges(line: string): readonly Change[] {
  const at = now();
  const { service, phase: state } = JSON.parse(line) as { service?: unknown; phase?: unknown };
  return typeof service === "string" && typeof state === "string" ? [{ service, state, at }] : [];
}
