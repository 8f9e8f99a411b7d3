// Spawns one service: its own session and process group, its output straight into its log file, never through us. The fork
// server does it where it can; else plain `child_process`, since nothing is buffered, parsed or piped here. Commands whose output
// we consume run through execa (exec probes, `launch run`).

import { spawn, spawnSync, type ChildProcess, type IOType } from "node:child_process";
import type { Failure } from "../../core/failure.ts";
import type { Ending } from "../../core/state.ts";
import { findFault, wordsOnSize } from "./fault.ts";
import type { ForkServer } from "./fork-server.ts";
import { inheritance } from "./inheritance.ts";
import { coverMasters } from "./masters.ts";
import { readStat } from "./proc.ts";
import type { Spawn, Spawned } from "./spec.ts";
import { needsWrapper, wrap, type Wrapped } from "./wrapper.ts";

/** Spawns; `onEnd` is called once when the process itself has ended, whoever still holds its output. */
export async function spawnService(
  spec: Spawn,
  onEnd: (end: Ending) => void,
  forks?: Pick<ForkServer, "spawn">,
): Promise<Spawned | Failure> {
  // Once wrapped, even a failed start is a process that ends, so its cause is looked for before. A shell says its own.
  const extras = { ...spec, ...inheritance() };
  const fault = needsWrapper(extras) && "args" in spec.command ? findFault(spec) : undefined;
  if (fault !== undefined) return fault;
  const forked = await forks?.spawn(spec, onEnd);
  if (forked !== undefined) return forked;
  let child: ChildProcess;
  try {
    child = start(spec, wrap(spec.command, extras, spec.env));
  } catch (error) {
    return failureOf(error, spec);
  }
  const { pid } = child;
  if (pid === undefined) {
    return new Promise((settle) => {
      child.once("error", (error) => settle(failureOf(error, spec)));
    });
  }
  child.once("exit", (code, signal) => onEnd(endingOf(code, signal)));
  // A signal or a write to its stdin may fail once it is gone; that is no news.
  child.on("error", () => {});
  for (const stream of child.stdio) stream?.on("error", () => {});
  return { pid, startTicks: readStat(pid)?.startTicks };
}

function start(
  { cwd, env, stdin, input: given, output, sockets = [] }: Spawn,
  { words, env: added, descriptors }: Wrapped,
): ChildProcess {
  const [file, ...args] = words;
  // An open pipe that nobody writes to never ends; when we are gone it does, and watchers end with us.
  const input = given ?? (stdin === "open" ? "pipe" : "ignore");
  const place = (what: number | "stdin"): IOType | number => (what === "stdin" ? input : what);
  makeBlocking(sockets.slice(1).map(({ fd }) => fd));
  const further = descriptors.further.map(place);
  return spawn(file ?? "", args, {
    cwd,
    env: { ...env, ...added },
    detached: true,
    stdio: [place(descriptors.first), output, output, ...further, ...coverMasters(output).slice(further.length)],
  });
}

/** A child gets its first three descriptors as ones that block, and that holds for everybody who has them open. */
function makeBlocking(fds: readonly number[]): void {
  for (let index = 0; index < fds.length; index += 3) {
    spawnSync("/bin/sh", ["-c", ":"], { stdio: fds.slice(index, index + 3) });
  }
}

function endingOf(code: number | null, signal: string | null): Ending {
  // Node has no names for signals above 31, and gives neither then.
  return { exit: code === null ? { code, signal: signal ?? "a real-time signal" } : { code, signal: null } };
}

function failureOf(error: unknown, spec: Spawn): Failure {
  const { code = "UNKNOWN", message } = error as NodeJS.ErrnoException;
  // The kernel answers ENOENT for a missing directory and a missing program alike.
  if (["ENOENT", "ENOTDIR", "EACCES"].includes(code)) return findFault(spec) ?? { kind: "spawn", code, message };
  if (code === "E2BIG") return { kind: "spawn", code, message: wordsOnSize(spec) };
  return { kind: "spawn", code, message };
}
