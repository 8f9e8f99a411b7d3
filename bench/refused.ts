// Servers whose socket launch holds, killed and restarted under load: connections that were refused, and those that were broken off.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figures.ts";
import { environment, startLaunch, writeManifest } from "./launch.ts";
import { type Bench, compile, freePorts } from "./machine.ts";
import type { Effort } from "./measure.ts";
import { prepareServer } from "./socket-servers.ts";

const clientCount = 10;

/** What became of all connections of one measurement. */
interface Tally {
  readonly answered: number;
  readonly refused: number;
  readonly reset: number;
  readonly other: number;
  readonly longestMs: number;
}

/** One measurement for each server: so many times `kill -9`, then as often `launch restart`, with ten clients all the while. */
export async function refused(bench: Bench, { runs = 20 }: Effort): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const clients = compile(bench.directory, "clients");
  for (const kind of ["Node", "uvicorn", "Go"] as const) {
    const directory = mkdtempSync(join(bench.directory, "server-"));
    const command = prepareServer(kind, directory);
    if (command === undefined) continue;
    const [port = 0] = await freePorts(1);
    for (const way of ["kill -9", "launch restart"] as const) {
      const project = { directory, command, port, clients };
      const tally = await disturb(bench, project, runs, way);
      figures.push(...figuresOf(`${kind}, ${runs} × ${way}`, tally, resetsAllowed(kind, way) * runs));
    }
  }
  return figures;
}

/**
 * What a process has taken when it is killed is lost with it: one request of each client. Node answers all that it has taken when it is
 * asked to end; uvicorn and Go may drop what they have taken and not read.
 */
function resetsAllowed(kind: string, way: string): number {
  return way === "launch restart" && kind === "Node" ? 0 : clientCount;
}

function figuresOf(name: string, tally: Tally, resets: number): readonly Figure[] {
  const never = { never: { above: 0 } };
  return [
    { name: `${name}: refused`, samples: [tally.refused], unit: "connections", goal: never },
    { name: "… reset", samples: [tally.reset], unit: "connections", goal: { atMost: resets } },
    { name: "… failed otherwise", samples: [tally.other], unit: "connections", goal: never },
    { name: "… answered", samples: [tally.answered], unit: "connections", goal: { atLeast: 1000 } },
    { name: "… longest wait", samples: [tally.longestMs], unit: "ms", goal: { atMost: 2000 } },
  ];
}

interface Project {
  readonly directory: string;
  readonly command: readonly string[];
  readonly port: number;
  /** The program that sends requests. */
  readonly clients: string;
}

async function disturb(
  bench: Bench,
  project: Project,
  runs: number,
  way: "kill -9" | "launch restart",
): Promise<Tally> {
  const { directory, command, port } = project;
  const restart = { policy: "always", delay: "0ms", max_restarts: 1000 };
  writeManifest(bench, { server: { command, port, socket: true, ready: { http: "/" }, restart } }, directory);
  rmSync(join(directory, "pid"), { force: true });
  await using run = startLaunch(bench, directory);
  await run.allAre("ready", ["server"]);
  let pid = await run.until("the server's pid", () => pidIn(directory));
  const crowd = startClients(project.clients, port);
  for (let count = 0; count < runs; count++) {
    await sleep(200);
    const before = pid;
    if (way === "kill -9") process.kill(pid, "SIGKILL");
    else await restartServer(bench, directory);
    pid = await run.until("the next server", () => (pidIn(directory) === before ? undefined : pidIn(directory)));
  }
  await sleep(200);
  return await crowd.finish();
}

/** Not waited for by blocking: the run's stream is read meanwhile. */
async function restartServer(bench: Bench, directory: string): Promise<void> {
  const child = spawn(process.execPath, [bench.launch, "restart", "server"], {
    cwd: directory,
    env: environment(directory),
    stdio: ["ignore", "ignore", "inherit"],
  });
  await once(child, "exit");
  if (child.exitCode !== 0) throw new Error(`launch restart ended with ${child.exitCode ?? child.signalCode}`);
}

/** The whole number in the file that the server writes once it is up. */
function pidIn(directory: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(directory, "pid"), "utf8"));
    return pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function startClients(program: string, port: number): { finish(): Promise<Tally> } {
  const child = spawn(program, [String(port), String(clientCount)], { stdio: ["pipe", "pipe", "inherit"] });
  let words = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (words += text));
  const ended = once(child, "close");
  return {
    async finish() {
      child.stdin.end();
      await ended;
      const [answered = 0, refused = 0, reset = 0, other = 0, longestMs = 0] = words.trim().split(" ").map(Number);
      return { answered, refused, reset, other, longestMs };
    },
  };
}
