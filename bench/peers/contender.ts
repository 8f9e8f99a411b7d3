// The peers that are at hand: found on the PATH, asked for their version, with the environment that all of them get.

import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, copyFileSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Bench } from "../machine.ts";
import type { Peer } from "./peer.ts";

/** A peer that takes part. */
export interface Contender {
  readonly peer: Peer;
  /** The command's file. */
  readonly file: string;
  /** As it says itself. */
  readonly version: string;
}

/**
 * A PATH that begins with the built `launch` and a copy of this Node: all that runs on Node runs on the same, and shares no memory with
 * other programs on Node, the benchmark among them.
 */
export function openPath(bench: Bench): string {
  const directory = join(bench.directory, "bin-path");
  mkdirSync(directory);
  execFileSync("chmod", ["+x", bench.launch]);
  symlinkSync(bench.launch, join(directory, "launch"));
  copyFileSync(process.execPath, join(directory, "node"));
  return [directory, process.env["PATH"] ?? ""].join(delimiter);
}

/** Nothing personal, no `CI`; what is temporary is in the home too, so that it goes with it. */
export function environmentOf(path: string, home: string): Readonly<Record<string, string>> {
  return {
    PATH: path,
    HOME: home,
    TMPDIR: home,
    TMUX_TMPDIR: home,
    NO_COLOR: "1",
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
  };
}

/** The peer with its file and version; or why it does not take part. */
export function find(peer: Peer, path: string, home: string): Contender | { readonly why: string } {
  const file = path
    .split(delimiter)
    .map((directory) => join(directory, peer.command))
    .find(isProgram);
  if (file === undefined) return { why: `no ${peer.command} on the PATH` };
  const { status, stdout, stderr } = spawnSync(file, peer.version, {
    cwd: home,
    env: environmentOf(path, home),
    encoding: "utf8",
    timeout: 20_000,
  });
  if (status !== 0) {
    const [line = ""] = (stderr + stdout).trim().split("\n");
    return { why: `\`${[peer.command, ...peer.version].join(" ")}\` ended with ${status}: ${line.slice(0, 120)}` };
  }
  return { peer, file, version: /\d+\.\d+(\.\d+)?([-+.\w]*)?/.exec(stdout + stderr)?.[0] ?? "" };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
