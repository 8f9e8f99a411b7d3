// `.launch/` beside the manifest: where it is, and who runs here.

import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Binding } from "../../plan/binding.ts";
import { readPlain } from "../files/plain.ts";
import { kindWords, UnsafePathError } from "../files/unsafe.ts";
import { isAlive, readStat, userName } from "../processes/proc.ts";
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
  /** The directory that the user has named instead of `.launch`: its mode is theirs to choose. */
  readonly named?: string;
}

/** The paths for a project's root, an instance name and the environment; nothing is created. */
export function statePaths(
  root: string,
  instance: string,
  env: Readonly<Record<string, string | undefined>>,
): StatePaths {
  const asked = env["LAUNCH_STATE_DIR"] ?? "";
  const named = asked === "" ? undefined : resolve(asked);
  const base = named ?? join(root, ".launch");
  const directory = instance === "default" ? base : join(base, instance);
  return { root, instance, directory, logs: join(directory, "logs"), ...(named !== undefined && { named }) };
}

/** Creates the directory, readable by its owner alone and invisible to git, and answers its real path. */
export function createStateDirectory(paths: StatePaths): string {
  const { directory, root, named } = paths;
  if (named !== undefined) makeDirectory(named);
  if (named !== undefined) refuseOpen(named);
  // What is below is made and looked at by its real path, each part before the next.
  for (const path of partsBelow(paths, realpathSync(named ?? root))) {
    makeDirectory(path);
    closeToOthers(path);
  }
  const real = realpathSync(directory);
  try {
    // Not through a link, and not into what is there.
    writeFileSync(join(real, ".gitignore"), "*\n", { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return real;
}

/**
 * The directories, the logs' being the last, below the one that may be reached by links: the project's, or the one that the user
 * has named. `from` is a path of that.
 */
function partsBelow({ logs, root, named }: StatePaths, from: string): readonly string[] {
  const parts = relative(named ?? root, logs).split(sep);
  return parts.map((_, index) => join(from, ...parts.slice(0, index + 1)));
}

/** Takes a directory of ours away from others, who could put links into it; throws an `UnsafePathError` for one that is not ours. */
function closeToOthers(path: string): void {
  const words = foreignWords(path, lstatSync(path));
  if (words !== undefined) throw new UnsafePathError(words);
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const { mode } = fstatSync(fd);
    if ((mode & 0o077) === 0) return;
    fchmodSync(fd, mode & 0o7700);
    // Some file systems have no modes.
    if ((fstatSync(fd).mode & 0o022) !== 0) throw new UnsafePathError(`${path} can be written to by other users`);
  } finally {
    closeSync(fd);
  }
}

/** What is wrong with a directory that must be ours; undefined for nothing. */
function foreignWords(path: string, stat: Stats): string | undefined {
  if (!stat.isDirectory()) return `${path} is ${kindWords(stat)}, not a directory`;
  const uid = process.getuid?.() ?? stat.uid;
  return stat.uid === uid ? undefined : `${path} belongs to ${userWords(stat.uid)}, not to ${userWords(uid)}`;
}

/** A directory that the user has named may be shared with a group, but where everybody may write, nothing is safe. */
function refuseOpen(path: string): void {
  const words = openWords(path);
  if (words !== undefined) throw new UnsafePathError(words);
}

function openWords(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || process.getuid === undefined) return undefined;
  if ((stat.mode & 0o002) !== 0) return `${path} can be written to by every user`;
  const isTrusted = stat.uid === process.getuid() || stat.uid === 0;
  return isTrusted ? undefined : `${path} belongs to ${userWords(stat.uid)}, not to ${userWords(process.getuid())}`;
}

/** Why nothing there is to be believed or touched: it is reached by a link, or belongs to somebody else; undefined when it is ours or not there. */
export function foreignFault(paths: StatePaths): string | undefined {
  const { root, named } = paths;
  const open = named === undefined ? undefined : openWords(named);
  if (open !== undefined) return open;
  for (const path of partsBelow(paths, named ?? root)) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    const words = foreignWords(path, stat);
    if (words !== undefined) return words;
  }
  return undefined;
}

// Node's own `recursive` tries for ever where a directory is there and none can be made in it, as in /proc.
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(path, { throwIfNoEntry: false }) !== undefined) return;
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
export function stateDirectoryFault(paths: StatePaths): string | undefined {
  const foreign = foreignFault(paths);
  if (foreign !== undefined) return foreign;
  // What is not there yet would be made in the nearest directory above.
  for (let path = paths.logs; ; path = dirname(path)) {
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

function userWords(uid: number): string {
  const name = userName(uid);
  return name === undefined ? `user ${uid}` : `user ${name}`;
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
  /** The same with protocol and address; not given by versions that did not say. */
  readonly bindings?: readonly ServiceBinding[];
}

/** What a service of the run binds. */
export interface ServiceBinding extends Binding {
  readonly service: string;
}

/** Says who runs here; the file is replaced with every call and goes with `removeRunFile`. */
export function writeRunFile({ directory }: StatePaths, run: RunFile): void {
  replaceFile(join(directory, "run.json"), `${JSON.stringify(run, undefined, 2)}\n`);
}

/** No run is going here any more. */
export function removeRunFile({ directory }: StatePaths): void {
  // Whatever has its place: nobody may be left to be told that somebody runs here.
  rmSync(join(directory, "run.json"), { force: true, recursive: true });
}

/** The run of this project and instance that is going here; undefined when there is none, or only the file of a dead one. */
export function readRun(paths: StatePaths): RunFile | undefined {
  const run = readRunFile(paths.directory);
  return run !== undefined && isOwn(run, paths) ? run : undefined;
}

/** The run that is going in a directory, whosever it is. */
export function readRunFile(directory: string): RunFile | undefined {
  try {
    const run = JSON.parse(readPlain(join(directory, "run.json")).toString()) as RunFile;
    const stat = readStat(run.pid);
    return isAlive(stat) && (run.startTicks === undefined || stat.startTicks === run.startTicks) ? run : undefined;
  } catch {
    return undefined;
  }
}
