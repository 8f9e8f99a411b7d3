// Processes as the machine sees them, found without asking the program under test.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One living process. */
export interface Living {
  readonly pid: number;
  readonly command: string;
}

/** Every living process that works in a directory or was told of it by its environment; zombies do not count. */
export function processesOf(directory: string): readonly Living[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((entry) => {
      try {
        // What left its directory still has its environment, and the other way round.
        const cwd = readlinkSync(`/proc/${entry}/cwd`);
        const isHere = cwd === directory || cwd.startsWith(`${directory}/`);
        if (!isHere && !readFileSync(`/proc/${entry}/environ`, "utf8").includes(directory)) return [];
        const command = readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return isAlive(Number(entry)) ? [{ pid: Number(entry), command }] : [];
      } catch {
        return [];
      }
    });
}

/** True while the process lives; a zombie does not. */
export function isAlive(pid: number): boolean {
  const state = stateOf(pid);
  return state !== undefined && state !== "Z" && state !== "X";
}

/** The kernel's letter for what the process does: `S` sleeps, `T` is stopped, `Z` has ended; undefined: not there. */
export function stateOf(pid: number): string | undefined {
  try {
    return /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

/**
 * Kills an engine whose guard stands still until it is continued: what would wake that at the engine's end is killed before.
 */
export function killBeforeGuard(engine: number, guard: number): void {
  process.kill(engine, "SIGSTOP");
  for (const child of readFileSync(`/proc/${engine}/task/${engine}/children`, "utf8").trim().split(" ")) {
    const isForkServer = readFileSync(`/proc/${child}/cmdline`, "latin1").startsWith("launch-fork-server");
    if (isForkServer) process.kill(Number(child), "SIGKILL");
  }
  process.kill(guard, "SIGSTOP");
  process.kill(engine, "SIGKILL");
}

/** The most memory that the process ever had, in megabytes. */
export function peakMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

/** Sends a signal to whatever still lives of them. */
export function endAll(processes: readonly Living[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
