// `.launch/` beside the manifest: who runs here, which ports the services had, what was written for them, and their logs.

import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Port } from "../../core/service.ts";
import type { WrittenFiles } from "./generated-files.ts";
import { isAlive, readStat } from "../processes/proc.ts";

/** What is kept from run to run. */
export interface KeptState {
  /** Service to endpoint to the port it had. */
  readonly ports: Readonly<Record<string, Readonly<Record<string, Port>>>>;
  readonly files: WrittenFiles;
}

/** Where a run of this project and instance keeps what it needs. */
export interface StatePaths {
  readonly directory: string;
  readonly logs: string;
}

/** The paths for a project's root, an instance name and the environment; nothing is created. */
export function statePaths(
  root: string,
  instance: string,
  env: Readonly<Record<string, string | undefined>>,
): StatePaths {
  const base = env["LAUNCH_STATE_DIR"] ?? join(root, ".launch");
  const directory = instance === "default" ? base : join(base, instance);
  return { directory, logs: join(directory, "logs") };
}

/** Creates the directory, readable by its owner alone and invisible to git, and answers its real path. */
export function createStateDirectory({ directory, logs }: StatePaths): string {
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, ".gitignore"), "*\n");
  return realpathSync(directory);
}

/** What an earlier run left; a missing or damaged file counts as nothing kept, and so does what makes no sense in it. */
export function readKeptState({ directory }: StatePaths): KeptState {
  try {
    const state = JSON.parse(readFileSync(join(directory, "state.json"), "utf8")) as Partial<KeptState> & {
      version?: number;
    };
    if (state.version !== 1) return nothingKept;
    const ports = Object.entries(state.ports ?? {}).map(([service, own]) => [service, only(own, isPort)]);
    return { ports: Object.fromEntries(ports), files: only(state.files, (hash) => typeof hash === "string") };
  } catch {
    return nothingKept;
  }
}

const nothingKept: KeptState = { ports: {}, files: {} };

function only<Value>(
  values: Readonly<Record<string, Value>> | undefined,
  fits: (value: Value) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => fits(value)));
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}

/** Replaces the kept state in one move. */
export function writeKeptState({ directory }: StatePaths, state: KeptState): void {
  replaceFile(join(directory, "state.json"), JSON.stringify({ version: 1, ...state }, undefined, 2));
}

/** Who runs here, and which ports its services have. */
export interface RunFile {
  readonly pid: number;
  readonly startTicks?: number;
  readonly version: string;
  readonly name: string;
  readonly root: string;
  readonly instance: string;
  readonly ports?: KeptState["ports"];
}

/** Says who runs here; the file is replaced with every call and goes with `removeRunFile`. */
export function writeRunFile({ directory }: StatePaths, run: RunFile): void {
  replaceFile(join(directory, "run.json"), JSON.stringify(run, undefined, 2));
}

/** No run is going here any more. */
export function removeRunFile({ directory }: StatePaths): void {
  rmSync(join(directory, "run.json"), { force: true });
}

/** The run that is going here; undefined when there is none, or only the file of a dead one. */
export function readRun({ directory }: StatePaths): RunFile | undefined {
  try {
    const run = JSON.parse(readFileSync(join(directory, "run.json"), "utf8")) as RunFile;
    const stat = readStat(run.pid);
    return isAlive(stat) && (run.startTicks === undefined || stat.startTicks === run.startTicks) ? run : undefined;
  } catch {
    return undefined;
  }
}

function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, `${content}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
