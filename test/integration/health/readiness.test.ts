import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { now, sleep } from "../../../src/effects/clock.ts";
import { matchLog } from "../../../src/effects/health/log.ts";
import { awaitReady } from "../../../src/effects/health/readiness.ts";
import { systemSockets } from "../../../src/effects/health/system.ts";
import { bystander, freePort, http, readiness, serveHttp, serveTcp, subject } from "./subjects.ts";

const listen = { kind: "listen", endpoint: "main" } as const;

describe("waiting for a service to be ready", () => {
  test("asks until it answers well, and tells each new reason once", async () => {
    let asked = 0;
    await using server = await serveHttp((_, response) => response.writeHead(++asked < 4 ? 503 : 200).end());
    const reasons: string[] = [];
    const outcome = await awaitReady(readiness(subject(server.port), http("/"), { reasons }));
    expect(outcome).toEqual({ kind: "ready", verified: true });
    expect(reasons).toEqual([`GET http://127.0.0.1:${server.port}/ answered 503`]);
    expect(asked).toBe(4);
  });

  test("sees a socket a few milliseconds after it starts to listen", async () => {
    const port = await freePort();
    const reasons: string[] = [];
    const outcome = awaitReady(readiness(subject(port), listen, { reasons }));
    while (reasons.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await using _server = await serveTcp(() => {}, "127.0.0.1", port);
    expect(await outcome).toEqual({ kind: "ready", verified: true });
    expect(reasons).toEqual([`nothing listens on port ${port}`]);
  });

  test("connects as soon as a socket appears where it asks, and waits as ever for one that does not answer well", async () => {
    const port = await freePort();
    let server: Awaited<ReturnType<typeof serveHttp>> | undefined;
    let looks = 0;
    let asked = 0;
    // It comes up while the gate looks: who does not look never finds it.
    const poll = async (): ReturnType<typeof systemSockets.poll> => {
      if (++looks === 2) {
        server = await serveHttp((_, answer) => answer.writeHead(++asked < 4 ? 503 : 200).end(), "127.0.0.1", port);
      }
      return systemSockets.read();
    };
    const reasons: string[] = [];
    const began = now();
    const options = readiness(subject(port, { sockets: { ...systemSockets, poll } }), http("/"), { reasons });
    expect(await awaitReady(options)).toEqual({ kind: "ready", verified: true });
    expect(asked).toBe(4);
    expect(now() - began).toBeGreaterThan(2 * 10);
    expect(reasons).toEqual([
      expect.stringContaining(`127.0.0.1:${port}`),
      `GET http://127.0.0.1:${port}/ answered 503`,
    ]);
    await server?.[Symbol.asyncDispose]();
  });

  test("is not deceived by a stranger on the port, whatever the probe", async () => {
    await using server = await serveHttp((_, response) => response.end());
    await using other = await bystander();
    const service = subject(server.port, { leader: { pid: other.pid } });
    const exec = { kind: "exec", command: { args: ["true"] } } as const;
    for (const probe of [listen, http("/"), { kind: "tcp", address: "main" } as const, exec]) {
      const outcome = await awaitReady(readiness(service, probe));
      expect(outcome).toMatchObject({ kind: "stranger", port: server.port, endpoint: "main" });
    }
  });

  test("takes anybody's answer when the manifest says so", async () => {
    await using server = await serveHttp((_, response) => response.end());
    await using other = await bystander();
    const service = subject(server.port, { leader: { pid: other.pid } });
    expect(await awaitReady(readiness(service, http("/"), { owner: "any" }))).toEqual({
      kind: "ready",
      verified: true,
    });
  });

  test("is ready but unverified where the system does not tell whose the socket is", async () => {
    await using server = await serveHttp((_, response) => response.end());
    const sockets = { ...systemSockets, owns: async () => "unknown" as const };
    const unknown = readiness(subject(server.port, { sockets }), http("/"));
    expect(await awaitReady(unknown)).toEqual({ kind: "ready", verified: false });
    const blind = readiness(subject(server.port, { sockets: { ...systemSockets, read: async () => [] } }), http("/"));
    expect(await awaitReady(blind)).toEqual({ kind: "ready", verified: false });
  });

  test("wants the given number of consecutive successes", async () => {
    const answers = [200, 200, 503, 200, 200, 200];
    let asked = 0;
    await using server = await serveHttp((_, response) => response.writeHead(answers[asked++] ?? 500).end());
    const outcome = await awaitReady(readiness(subject(server.port), http("/"), { success: 3 }));
    expect(outcome.kind).toBe("ready");
    expect(asked).toBe(6);
  });

  test("gives up after the given number of consecutive failures", async () => {
    const answers = [503, 503, 200, 503, 503, 503];
    let asked = 0;
    await using server = await serveHttp((_, response) => response.writeHead(answers[asked++] ?? 200).end());
    const options = readiness(subject(server.port), http("/"), { success: 2, failures: 3, interval: 1 });
    expect(await awaitReady(options)).toEqual({
      kind: "failed",
      reason: `GET http://127.0.0.1:${server.port}/ answered 503`,
    });
    expect(asked).toBe(6);
  });

  test("needs no poll to see the line that a log probe waits for", async () => {
    const log = matchLog("listening");
    const reasons: string[] = [];
    const probe = { kind: "log", pattern: "listening" } as const;
    const outcome = awaitReady(readiness(subject(undefined, { log }), probe, { reasons, interval: 3_600_000 }));
    while (reasons.length === 0) await new Promise((resolve) => setImmediate(resolve));
    log.see({ bytes: Buffer.from("listening on 1\n"), continued: false, origin: "program" });
    expect(await outcome).toEqual({ kind: "ready", verified: true });
    expect(reasons).toEqual(["no line matched /listening/"]);
  });

  test("without a probe is over when the process has lived for 100 ms, and leaves it to the exit to say how it ended when it has not", async () => {
    await using other = await bystander();
    const started = now();
    const outcome = await awaitReady(readiness(subject(undefined, { leader: { pid: other.pid } }), { kind: "none" }));
    expect(outcome).toEqual({ kind: "ready", verified: true });
    expect(now() - started).toBeGreaterThanOrEqual(98);
    const child = spawn("true");
    await once(child, "exit");
    const dead = readiness(subject(undefined, { leader: { pid: child.pid! } }), { kind: "none" });
    const over = new AbortController();
    const waiting = awaitReady({ ...dead, signal: over.signal });
    await sleep(200);
    over.abort(new Error("its end was heard"));
    await expect(waiting).rejects.toThrow("its end was heard");
  });

  test("ends at once when it is aborted, in a pause as in a probe", async () => {
    const port = await freePort();
    await using silent = await serveHttp(() => {});
    const cases = [
      readiness(subject(port), http("/"), { interval: 3_600_000, ...aborting() }),
      readiness(subject(silent.port), http("/"), aborting()),
      readiness(subject(undefined), { kind: "none" }, aborting()),
    ];
    for (const options of cases) await expect(awaitReady(options)).rejects.toThrow("stopped");
  });
});

function aborting(): { readonly signal: AbortSignal } {
  const controller = new AbortController();
  setImmediate(() => setImmediate(() => controller.abort(new Error("stopped"))));
  return { signal: controller.signal };
}
