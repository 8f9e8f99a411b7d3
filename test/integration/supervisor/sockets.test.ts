// Socket activation: launch listens, the service serves, and no connection is refused while the service is not there.

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Running, startEngine } from "../../helpers/engine.ts";
import { startLoad } from "../../helpers/load.ts";
import { newProject, root } from "../../helpers/project.ts";
import { until } from "../../helpers/wait.ts";
import { freePort } from "../ports/strangers.ts";

const fixtures = join(root, "test/fixtures");
const directory = mkdtempSync(join(tmpdir(), "launch-handed-"));
const blocking = join(directory, "blocking");

beforeAll(() => void execFileSync("gcc", ["-O1", "-o", blocking, join(fixtures, "handed.c")]));
afterAll(() => rmSync(directory, { recursive: true }));

const servers: Readonly<Record<string, readonly string[]>> = {
  "Node with { fd: 3 }": ["node", join(fixtures, "handed.js")],
  "Python's http.server": ["python3", join(fixtures, "handed.py")],
  "C that blocks in accept()": [blocking],
};

function service(command: readonly string[], more: object = {}): object {
  return { command, port: "dynamic", socket: true, ready: { http: "/" }, restart: { delay: 0 }, ...more };
}

async function pidOf(run: Running, name: string, number: number): Promise<number> {
  return (await run.events.state(name, "ready", { run: number })).pid ?? 0;
}

describe("no connection is refused", () => {
  test.each(Object.entries(servers))("over kills and restarts of %s", async (_, command) => {
    await using project = newProject({ services: { api: service(command) } });
    await using run = await startEngine(project);
    const { ports } = await run.events.state("api", "ready");
    const load = startLoad(ports!["main"]!);
    for (let number = 1; number <= 6; number++) {
      const pid = await pidOf(run, "api", number);
      const before = load.counts.answered;
      await until("answers of this run", () => load.counts.answered > before + 20);
      if (number % 2 === 1) process.kill(pid, "SIGKILL");
      else run.request({ type: "restart", services: ["api"] });
    }
    await pidOf(run, "api", 7);
    const { answered, refused, reset } = await load.end();
    expect({ refused, isBusy: answered > 100 }).toEqual({ refused: 0, isBusy: true });
    // What was accepted by a process that is killed is lost, and nothing else: ten clients, three kills.
    expect(reset).toBeLessThanOrEqual(60);
  });
});

test("connections wait from the claim on, and are served by whoever comes", async () => {
  const port = await freePort();
  await using project = newProject({
    services: {
      first: { command: "while ! test -e go; do sleep 0.05; done", type: "task" },
      api: service(["node", join(fixtures, "handed.js")], { port, depends_on: ["first"] }),
    },
  });
  await using run = await startEngine(project);
  await run.events.state("first", "started");
  const early = connect(port, "127.0.0.1");
  await once(early, "connect");
  early.write("GET / HTTP/1.0\r\n\r\n");
  project.write("go", "");
  const [answer] = (await once(early, "data")) as [Buffer];
  expect(answer.toString()).toContain("200 OK");
});

test("several sockets are handed over, each to be accepted from by a program that blocks", async () => {
  await using project = newProject({
    services: {
      api: {
        command: [blocking],
        ports: {
          first: "dynamic",
          second: { port: "dynamic", socket: true },
          third: { port: "dynamic", socket: true },
        },
        ready: { http: "http://127.0.0.1:${PORT_THIRD}/" },
        restart: { delay: 0 },
      },
    },
  });
  await using run = await startEngine(project);
  const { ports, pid } = await run.events.state("api", "ready");
  const load = startLoad(ports!["third"]!, 3);
  process.kill(pid!, "SIGKILL");
  await run.events.state("api", "ready", { run: 2 });
  const before = load.counts.answered;
  await until("answers of the second run", () => load.counts.answered > before + 20);
  expect(await load.end()).toMatchObject({ refused: 0 });
  expect(run.lines("api")).toEqual([]);
});

test("a server below a shell and another program gets the socket all the same", async () => {
  const below = `python3 -c "import subprocess; subprocess.run(['node', '${join(fixtures, "handed.js")}'], close_fds=False)"; true`;
  await using project = newProject({ services: { api: service(["sh", "-c", below]) } });
  await using run = await startEngine(project);
  const { ports, pid } = await run.events.state("api", "ready");
  const answer = await fetch(`http://127.0.0.1:${ports!["main"]}/`);
  expect(Number(await answer.text())).not.toBe(pid);
  expect(await run.stop()).toBe(0);
});

test("a service that fails for good leaves its port listened on, and the end of the run closes it", async () => {
  await using project = newProject({
    services: { api: service(["node", join(fixtures, "handed.js")], { restart: "no" }), other: "exec sleep 1000" },
  });
  await using run = await startEngine(project, { onFailure: "continue" });
  const { ports, pid } = await run.events.state("api", "ready");
  process.kill(pid!, "SIGKILL");
  await run.events.state("api", "failed");
  const client = connect(ports!["main"]!, "127.0.0.1");
  await once(client, "connect");
  const closed = once(client, "close").catch(() => {});
  await run.stop();
  await run.engine[Symbol.asyncDispose]();
  await closed;
  const refused = connect(ports!["main"]!, "127.0.0.1");
  expect(((await once(refused, "error")) as [NodeJS.ErrnoException])[0].code).toBe("ECONNREFUSED");
});
