// When the readiness gate asks, how often, and what it says of a service that is not found.

import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Probe } from "../../../src/core/service.ts";
import { now } from "../../../src/effects/clock.ts";
import { matchLog } from "../../../src/effects/health/log.ts";
import { awaitReady } from "../../../src/effects/health/readiness.ts";
import { systemSockets } from "../../../src/effects/health/system.ts";
import { until } from "../../helpers/wait.ts";
import { bystander, freePort, http, readiness, serveHttp, serveTcp, subject } from "./subjects.ts";

const listen: Probe = { kind: "listen", endpoint: "main" };

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "launch-questions-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Waits in the background, and answers the reasons as they come. */
function waiting(options: Parameters<typeof readiness>, long = 0): { reasons: string[]; outcome: Promise<unknown> } {
  const controller = new AbortController();
  const reasons: string[] = [];
  const [of, probe, over] = options;
  const ready = readiness(of, probe, { reasons, signal: controller.signal, ...over });
  const outcome = awaitReady({ ...ready, spawnedAt: now() - long });
  outcome.catch(() => {});
  onTestFinished(() => controller.abort(new Error("the test is over")));
  return { reasons, outcome };
}

describe("whoever answers", () => {
  test("is asked again after 250 ms at the earliest", async () => {
    const times: number[] = [];
    await using server = await serveHttp((_, response) => {
      times.push(performance.now());
      response.writeHead(times.length < 4 ? 503 : 200).end();
    });
    expect(await awaitReady(readiness(subject(server.port), http("/")))).toMatchObject({ kind: "ready" });
    const pauses = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(245);
  });

  test("is asked as often as the manifest says, if it says so", async () => {
    let asked = 0;
    await using server = await serveHttp((_, response) => response.writeHead(++asked < 20 ? 503 : 200).end());
    const began = performance.now();
    await awaitReady(readiness(subject(server.port), http("/"), { interval: 1 }));
    expect(performance.now() - began).toBeLessThan(19 * 250);
  });

  test("is asked by a command at the moment its port listens, and no oftener than that", async () => {
    const runs = join(temporary(), "runs");
    const probe = { kind: "exec", command: { shell: `date +%s%3N >> ${runs}; [ $(wc -l < ${runs}) -ge 3 ]` } } as const;
    const port = await freePort();
    await using other = await bystander();
    // Commands that are run here are no children of the service.
    const sockets = { ...systemSockets, owns: async () => "yes" as const };
    const { reasons, outcome } = waiting([subject(port, { leader: { pid: other.pid }, sockets }), probe]);
    await until("a first look", () => reasons.length > 0);
    expect(reasons).toEqual([`nothing listens on port ${port}`]);
    expect(existsSync(runs)).toBe(false);
    const began = Date.now();
    await using _server = await serveTcp(() => {}, "127.0.0.1", port);
    expect(await outcome).toEqual({ kind: "ready", verified: true });
    const times = readFileSync(runs, "utf8").trim().split("\n").map(Number);
    expect(times).toHaveLength(3);
    expect(times[0]).toBeGreaterThanOrEqual(began);
    const pauses = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(240);
  });

  test("is asked by a command that knows better where it listens, and by one that has waited for long enough", async () => {
    const other = await serveTcp(() => {});
    await using _other = other;
    const probe = { kind: "exec", command: { shell: "exit 0" } } as const;
    // This process is the service, and listens on another port.
    const wrong = waiting([subject(await freePort()), probe]);
    expect(await wrong.outcome).toMatchObject({ kind: "ready" });
    const nobody = { sockets: { ...subject(undefined).sockets, own: async () => [] } };
    const late = waiting([subject(await freePort(), nobody), probe], 2001);
    expect(await late.outcome).toMatchObject({ kind: "ready" });
  });

  test("is said to be silent while it has not answered, and bounded by the attempt", async () => {
    await using server = await serveHttp(() => {});
    const port = await freePort();
    const { reasons } = waiting([subject(port), http("/")]);
    await until("a refusal", () => reasons.length > 0);
    await using _late = await serveTcp(() => {}, "127.0.0.1", port);
    const silence = `GET http://127.0.0.1:${port}/: no answer yet`;
    await until(
      "silence",
      () => reasons.includes(silence),
      () => reasons.join("\n"),
    );
    const bounded = waiting([subject(server.port), http("/"), { attempt: 300 }]);
    await until("the end of an attempt", () => bounded.reasons.length > 1);
    const url = `GET http://127.0.0.1:${server.port}/`;
    expect(bounded.reasons.slice(0, 2)).toEqual([`${url}: no answer yet`, `${url}: no answer within 300ms`]);
  });
});

describe("failures in a row", () => {
  test("are not counted look by look", async () => {
    const began = performance.now();
    const options = readiness(subject(await freePort()), { kind: "tcp", address: "main" }, { failures: 3 });
    expect(await awaitReady(options)).toMatchObject({ kind: "failed" });
    expect(performance.now() - began).toBeGreaterThan(490);
  });

  test("are none where a line has not come yet", async () => {
    const log = matchLog("up");
    const probe = { kind: "log", pattern: "up" } as const;
    const { outcome } = waiting([subject(undefined, { log }), probe, { failures: 1, interval: 1 }]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.see({ bytes: Buffer.from("up\n"), continued: false, origin: "program" });
    expect(await outcome).toMatchObject({ kind: "ready" });
  });
});

describe("a service that listens elsewhere is told so", () => {
  /** What is said of a service that should listen on the port, and listens as `child` says. */
  async function said(port: number, probe: Probe, script: string, variables?: readonly string[]): Promise<string> {
    const child = spawn("/bin/sh", ["-c", `${process.execPath} -e '${script}' & wait`], {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void process.kill(-(child.pid ?? 0), "SIGKILL"));
    await once(child.stdout, "data");
    const of = subject(port, { leader: { pid: child.pid ?? 0 }, log: matchLog("never") });
    const endpoints = variables?.map((name) => ({ ...of.service.endpoints[0]!, name }));
    const named = endpoints === undefined ? of : { ...of, service: { ...of.service, endpoints } };
    const ports =
      variables === undefined ? of.ports : Object.fromEntries(variables.map((name, at) => [name, port + at]));
    const { reasons } = waiting([{ ...named, ports }, probe]);
    await until(
      "what is said",
      () => reasons.some((reason) => /\bit (?:listens|has)/.test(reason)),
      () => reasons.join("\n"),
    );
    return reasons.find((reason) => /\bit (?:listens|has)/.test(reason)) ?? "";
  }

  const serving = (port: number, address: string): string =>
    `require("net").createServer().listen(${port}, "${address}", () => console.log("up"))`;

  test("with the port, whatever the probe, though it is a child that listens", async () => {
    const [port, other] = [await freePort(), await freePort()];
    const words = `it listens on ${other}, not ${port}; does it use $PORT?`;
    const script = serving(other, "127.0.0.1");
    expect(await said(port, listen, script)).toBe(words);
    expect(await said(port, http("/"), serving(await freePort(), "::1"))).toMatch(
      new RegExp(
        `^connect 127.0.0.1:${port}: connection refused; it listens on \\d+, not ${port}; does it use \\$PORT\\?$`,
      ),
    );
    const line: Probe = { kind: "log", pattern: "never" };
    expect(await said(port, line, serving(await freePort(), "127.0.0.1"))).toMatch(
      new RegExp(`^no line matched /never/; it listens on \\d+, not ${port}`),
    );
    const command: Probe = { kind: "exec", command: { shell: "echo nobody; exit 3" } };
    expect(await said(port, command, serving(await freePort(), "127.0.0.1"))).toMatch(
      new RegExp(`^exit code 3: nobody; it listens on \\d+, not ${port}`),
    );
  });

  test("with the address", async () => {
    const port = await freePort();
    expect(await said(port, listen, serving(port, "127.0.0.2"))).toBe(
      "it listens on 127.0.0.2 only: say `host: 127.0.0.2`",
    );
  });

  test("with the variable of a port that has a name", async () => {
    const [port, other] = [await freePort(), await freePort()];
    const probe: Probe = { kind: "listen", endpoint: "metrics-api" };
    expect(await said(port, probe, serving(other, "127.0.0.1"), ["metrics-api", "main"])).toBe(
      `it listens on ${other}, not ${port}; does it use $PORT_METRICS_API?`,
    );
  });

  test("with UDP", async () => {
    const socket = createSocket("udp4");
    onTestFinished(() => void socket.close());
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const { port } = socket.address();
    const { reasons } = waiting([subject(port), listen]);
    const words = `it has UDP port ${port} open, and listens on no TCP port of that number: say \`protocol: udp\``;
    await until(
      "what is said",
      () => reasons.includes(words),
      () => reasons.join("\n"),
    );
  });
});
