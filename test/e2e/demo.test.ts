// The demo as a person meets it: a copy of it in a directory of its own, started by the built command.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readlink, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
// The first start of the database creates its data directory, which takes its time where many tests run.
const timeoutMs = 100_000;
const generated = "examples/demo/web/public/config.js";

test(
  "the page shows rows that came from the database, and nothing is left after Ctrl-C",
  async () => {
    await using demo = startDemo(await copyDemo());
    const ports = await demo.allUp(["db", "migrate", "api", "web", "worker"]);
    const page = `http://localhost:${ports["web"]}`;

    expect(await textOf(page)).toContain("<h1>Messages</h1>");
    expect(await textOf(`${page}/config.js`)).toContain(`:${ports["api"]}"`);
    expect(await textOf(`${page}/config.js`)).toContain(`databasePort: ${ports["db"]}`);
    expect(await authorsOn(page)).toEqual(new Set(["migrate", "worker"]));

    const written = await fetch(`${page}/api/messages`, {
      method: "POST",
      body: JSON.stringify({ author: "test", body: "it's here" }),
    });
    expect(written.status).toBe(201);
    expect(await authorsOn(page)).toContain("test");

    expect(await demo.interrupt()).toBe(0);
    expect(await demo.processes()).toEqual([]);
    expect(existsSync(join(demo.directory, generated))).toBe(false);
  },
  timeoutMs,
);

/** A fresh checkout in all but name: what is running or was kept in this one is not touched. */
async function copyDemo(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "launch-demo-"));
  await cp(join(root, "services.yaml"), join(copy, "services.yaml"));
  const kept = [join(root, "examples/demo/.data"), join(root, generated)];
  await cp(join(root, "examples"), join(copy, "examples"), { recursive: true, filter: (path) => !kept.includes(path) });
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

function startDemo(directory: string) {
  const started = spawn(
    process.execPath,
    [join(root, "bin/launch.js"), "--non-interactive", "--timeout", "80s", "--json", "--quiet"],
    {
      cwd: directory,
      env: { PATH: process.env["PATH"], HOME: directory },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const exit = once(started, "exit");
  const output: string[] = [];
  const lines = createInterface(started.stdout);
  lines.on("line", (line) => output.push(line));
  createInterface(started.stderr).on("line", (line) => output.push(line));

  return {
    directory,
    processes: () => processesIn(directory),
    async [Symbol.asyncDispose]() {
      for (const pid of await processesIn(directory)) end(pid);
      await exit;
      await rm(directory, { recursive: true, force: true });
    },
    /** Waits until each service is up and gives its port. */
    async allUp(services: readonly string[]): Promise<Readonly<Record<string, number>>> {
      const ports: Record<string, number> = {};
      const waiting = new Set(services);
      void exit.then(() => lines.close());
      for await (const line of lines) {
        const said = JSON.parse(line) as { service: string; phase: string; ports?: { main: number } };
        if (said.ports !== undefined) ports[said.service] = said.ports.main;
        if (said.phase === "ready" || said.phase === "exited") waiting.delete(said.service);
        if (waiting.size === 0) return ports;
      }
      throw new Error(`launch ended while waiting for ${[...waiting].join(", ")}:\n${output.slice(-40).join("\n")}`);
    },
    /** Ctrl-C; gives the exit code. */
    async interrupt(): Promise<number | null> {
      started.kill("SIGINT");
      await exit;
      return started.exitCode;
    },
  };
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return response.text();
}

async function authorsOn(page: string): Promise<ReadonlySet<string>> {
  const rows = JSON.parse(await textOf(`${page}/api/messages`)) as { author: string }[];
  return new Set(rows.map(({ author }) => author));
}

/** It may have ended between being seen and being killed. */
function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Every process whose working directory lies in this one. */
async function processesIn(path: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const cwds = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
  return pids.filter((_, index) => cwds[index]?.startsWith(`${path}/`) || cwds[index] === path).map(Number);
}
