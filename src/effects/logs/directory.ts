// Who wrote to which log file: one watch on each directory of logs serves all its tails, and polling takes over where the
// system grants no watch. Events are gathered for one turn, so a flood of them wakes each tail once.

import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

import { after, nextTurn } from "../clock.ts";

/** What is told about one file. */
export interface Follower {
  /** It may have been written to. */
  readonly written: () => void;
  /** It, or its directory, may have been moved or deleted. */
  readonly renamed: () => void;
}

interface Directory {
  readonly path: string;
  readonly inode: number | undefined;
  readonly followers: Map<string, Set<Follower>>;
  /** The watch, or the next poll where no watch is to be had. */
  source: Disposable;
}

/** Between two looks at every file where nothing tells us of writes. */
const pollInterval = 100;

// The kernel drops events beyond 16,384 waiting ones. From half of that on, nobody relies on having been named.
const flood = 8192;

const directories = new Map<string, Directory>();
const woken = new Set<Follower>();
let events = 0;

/** Tells the follower of writes to the file at `path` until disposed. */
export function followFile(path: string, follower: Follower): Disposable {
  const directory = watchedDirectory(dirname(path));
  const name = basename(path);
  const followers = directory.followers.get(name) ?? new Set();
  directory.followers.set(name, followers.add(follower));
  return {
    [Symbol.dispose]: () => {
      woken.delete(follower);
      followers.delete(follower);
      if (followers.size === 0 && directory.followers.get(name) === followers) directory.followers.delete(name);
      if (directory.followers.size === 0) close(directory);
    },
  };
}

/** Tells of writes to an open file that has lost its name, until disposed. */
export function followDescriptor(fd: number, written: () => void): Disposable {
  try {
    // The watch is on what the link leads to, which needs no name to be found by.
    const watcher = watch(`/proc/self/fd/${fd}`, written);
    const polling = { source: closing(watcher) };
    watcher.on("error", () => {
      watcher.close();
      polling.source = poll(written);
    });
    return { [Symbol.dispose]: () => polling.source[Symbol.dispose]() };
  } catch {
    return poll(written);
  }
}

function watchedDirectory(path: string): Directory {
  const inode = statSync(path, { throwIfNoEntry: false })?.ino;
  const known = directories.get(path);
  // A directory of the same name may be another one by now; the old watch then serves its own tails until they end.
  if (known !== undefined && known.inode === inode) return known;
  const directory: Directory = { path, inode, followers: new Map(), source: { [Symbol.dispose]: () => {} } };
  directory.source = open(directory);
  directories.set(path, directory);
  return directory;
}

function open(directory: Directory): Disposable {
  const pollAll = (): Disposable => poll(() => everyone(directory).forEach((follower) => follower.written()));
  try {
    const watcher = watch(directory.path, (event, name) => notice(directory, event, name));
    watcher.on("error", () => {
      watcher.close();
      directory.source = pollAll();
    });
    return closing(watcher);
  } catch {
    return pollAll();
  }
}

function notice(directory: Directory, event: string, name: string | null): void {
  const named = name === null ? undefined : directory.followers.get(name);
  const itself = event === "rename" && name === basename(directory.path);
  if (itself && directories.get(directory.path) === directory) directories.delete(directory.path);
  const told = name === null || itself ? everyone(directory) : named;
  if (event === "rename") told?.forEach((follower) => follower.renamed());
  told?.forEach((follower) => woken.add(follower));
  if (++events === 1) nextTurn(deliver);
}

function deliver(): void {
  const told = events < flood ? [...woken] : [...directories.values()].flatMap(everyone);
  events = 0;
  woken.clear();
  for (const follower of told) follower.written();
}

function everyone(directory: Directory): Follower[] {
  return [...directory.followers.values()].flatMap((followers) => [...followers]);
}

function close(directory: Directory): void {
  directory.source[Symbol.dispose]();
  if (directories.get(directory.path) === directory) directories.delete(directory.path);
}

function closing(watcher: FSWatcher): Disposable {
  return { [Symbol.dispose]: () => watcher.close() };
}

function poll(look: () => void): Disposable {
  let timer: Disposable;
  const again = (): void => {
    timer = after(pollInterval, again);
    look();
  };
  timer = after(pollInterval, again);
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
