// Starts the engine as a process of its own, and holds the connection by which it lives.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { connectSession, type RemoteSession } from "../client/session.ts";

/** The descriptor on which an engine finds the face that started it. */
export const lifelineDescriptor = 3;

/** The engine is up, or it ended before it was: with a manifest that is wrong, for instance. */
export type Born =
  | { readonly ok: true; readonly session: RemoteSession; readonly pid: number }
  | { readonly ok: false; readonly code: number; readonly words: string };

/** `watched`: a person at this face answers conflicts; `detached`: the run goes on without it. */
export type EngineKind = "watched" | "detached";

/** Starts an engine with the arguments of this command; resolves once it has read its manifest and taken its place. */
export function startEngineProcess(kind: EngineKind, colors: boolean): Promise<Born> {
  const [, script = "", ...typed] = process.argv;
  const args = typed.filter((arg) => !/^--(?:no-)?color(?:=.*)?$/.test(arg));
  const child = spawn(
    process.execPath,
    [...process.execArgv, script, ...args, `--engine=${kind}`, colors ? "--color" : "--no-color"],
    // A session of its own: neither Ctrl-C nor the closing of this terminal is meant for it.
    { detached: true, stdio: ["ignore", "ignore", "pipe", "pipe"] },
  );
  return meet(child);
}

async function meet(child: ChildProcess): Promise<Born> {
  const lifeline = child.stdio[lifelineDescriptor] as Duplex;
  const ended = once(child, "close") as Promise<[number | null]>;
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (words += text));
  try {
    const session = await connectSession(lifeline);
    child.unref();
    return { ok: true, session, pid: child.pid ?? 0 };
  } catch (error) {
    const [code] = await ended;
    const said = words === "" ? `The engine ended before it had started: ${String(error)}\n` : words;
    return { ok: false, code: code ?? 1, words: said };
  }
}
