// `.launch/` beside the manifest: where it is, and who runs here.

import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isAlive, readStat } from "../processes/proc.ts";
import { isOwn } from "./owner.ts";
import { replaceFile } from "./replace-file.ts";
import type { KeptPorts } from "./state.ts";

/** Where a run of this project and instance keeps what it needs. */
export interface StatePaths {
  /** The project's root: by it a run that is found here is known, not by this directory. */
  readonly root: string;
  readonly instance: string;
  readonly directory: string;
  readonly logs: string;
}

/** The paths for a project's root, an instance name and the environment; nothing is created. */
export function statePaths(
  root: string,
  instance: string,
  env: Readonly<Record<string, string | undefined>>,
): StatePaths {
  const named = env["LAUNCH_STATE_DIR"] ?? "";
  const base = named === "" ? join(root, ".launch") : resolve(named);
  const directory = instance === "default" ? base : join(base, instance);
  return { root, instance, directory, logs: join(directory, "logs") };
}

/** Creates the directory, readable by its owner alone and invisible to git, and answers its real path. */
export function createStateDirectory({ directory, logs }: StatePaths): string {
  makeDirectory(logs);
  writeFileSync(join(directory, ".gitignore"), "*\n");
  return realpathSync(directory);
}

// Node's own `recursive` tries for ever where a directory is there and none can be made in it, as in /proc.
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(path).isDirectory()) return;
    const above = dirname(path);
    if (code !== "ENOENT" || above === path || existsSync(above)) throw error;
    makeDirectory(above);
    makeDirectory(path);
  }
}

/** The real path that the directory has, or that it had before it was removed. */
export function realStateDirectory(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    const parent = dirname(directory);
    return parent === directory ? directory : join(realStateDirectory(parent), basename(directory));
  }
}

/** Why a run could not keep its state there, in the system's words; undefined where it could. Nothing is created. */
export function stateDirectoryFault({ logs }: StatePaths): string | undefined {
  // What is not there yet would be made in the nearest directory above.
  for (let path = logs; ; path = dirname(path)) {
    try {
      // Even whoever may do everything is told that a file system is read-only.
      accessSync(path, constants.W_OK | constants.X_OK);
      return statSync(path).isDirectory() ? undefined : `ENOTDIR: not a directory, '${path}'`;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" || path === dirname(path)) return message;
    }
  }
}

/** Who runs here, and which ports its services have. */
export interface RunFile {
  readonly pid: number;
  readonly startTicks?: number;
  readonly version: string;
  readonly name: string;
  readonly root: string;
  readonly instance: string;
  readonly ports?: KeptPorts;
}

/** Says who runs here; the file is replaced with every call and goes with `removeRunFile`. */
export function writeRunFile({ directory }: StatePaths, run: RunFile): void {
  replaceFile(join(directory, "run.json"), `${JSON.stringify(run, undefined, 2)}\n`);
}

/** No run is going here any more. */
export function removeRunFile({ directory }: StatePaths): void {
  rmSync(join(directory, "run.json"), { force: true });
}

/** The run of this project and instance that is going here; undefined when there is none, or only the file of a dead one. */
export function readRun(paths: StatePaths): RunFile | undefined {
  const run = readRunFile(paths.directory);
  return run !== undefined && isOwn(run, paths) ? run : undefined;
}

/** The run that is going in a directory, whosever it is. */
function readRunFile(directory: string): RunFile | undefined {
  try {
    const run = JSON.parse(readFileSync(join(directory, "run.json"), "utf8")) as RunFile;
    const stat = readStat(run.pid);
    return isAlive(stat) && (run.startTicks === undefined || stat.startTicks === run.startTicks) ? run : undefined;
  } catch {
    return undefined;
  }
}
