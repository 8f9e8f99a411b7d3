import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Health } from "../../../src/core/service.ts";
import type { Subject } from "../../../src/effects/health/subject.ts";
import { systemSockets } from "../../../src/effects/health/system.ts";
import { watchHealth } from "../../../src/effects/health/watch.ts";
import { freePort, health, http, serveHttp, subject } from "./subjects.ts";

/** Watches until `enough` says so, and gives back what was told. */
async function watch(of: Subject, wanted: Health, enough: (told: readonly string[]) => boolean): Promise<string[]> {
  const controller = new AbortController();
  const told: string[] = [];
  const tell = (word: string): void => {
    told.push(word);
    if (enough(told)) controller.abort();
  };
  await watchHealth({
    ...of,
    health: wanted,
    signal: controller.signal,
    onHealthy: () => tell("healthy"),
    onUnhealthy: tell,
  });
  return told;
}

describe("watching a service's health", () => {
  test("tells of the first yes, and of a change after the given number of consecutive results only", async () => {
    const answers = [200, 500, 500, 200, 500, 500, 500, 200, 500, 200, 200];
    let asked = 0;
    await using server = await serveHttp((_, response) => response.writeHead(answers[asked++] ?? 200).end());
    const wanted = health(http("/"), { success: 2, failures: 3 });
    const told = await watch(subject(server.port), wanted, (all) => all.length === 3);
    expect(told).toEqual(["healthy", `GET http://127.0.0.1:${server.port}/ answered 500`, "healthy"]);
    expect(asked).toBe(11);
  });

  test("counts a probe that takes longer than its timeout", async () => {
    await using server = await serveHttp(() => {});
    const wanted = health(http("/"), { failures: 2, timeout: 50 });
    expect(await watch(subject(server.port), wanted, () => true)).toEqual([
      `GET http://127.0.0.1:${server.port}/: no answer within 50ms`,
    ]);
  });

  test("says where the service listens by now, when nobody answers where it did", async () => {
    const port = await freePort();
    await using other = await serveHttp((_, response) => response.end());
    const [words] = await watch(subject(port), health(http("/")), () => true);
    expect(words).toMatch(`connect 127.0.0.1:${port}: connection refused; it listens on `);
    expect(words).toContain(String(other.port));
  });

  test("counts nothing while a process of the service is stopped", async () => {
    // A shell between us and the stopped one, as it often is.
    const shell = spawn("/bin/sh", ["-c", "sleep 1000 & echo $!; wait"], { detached: true });
    const [output] = (await once(shell.stdout, "data")) as [Buffer];
    const sleeper = Number(output.toString());
    process.kill(sleeper, "SIGSTOP");
    while (!readFileSync(`/proc/${sleeper}/stat`, "utf8").includes(") T ")) await turn();

    let asked = 0;
    let resumed = false;
    await using server = await serveHttp((_, response) => {
      if (++asked === 6) {
        resumed = true;
        process.kill(sleeper, "SIGCONT");
      }
      response.writeHead(500).end();
    });
    const service = subject(server.port, { leader: { pid: shell.pid! } });
    const told = await watch(service, health(http("/"), { failures: 2 }), () => true);
    expect(told).toHaveLength(1);
    expect(resumed).toBe(true);
    expect(asked).toBeGreaterThanOrEqual(7);

    process.kill(-shell.pid!, "SIGKILL");
    await once(shell, "exit");
  });

  test("does not take a stranger's answer for the service's, once the listening socket is another one", async () => {
    let owner: "yes" | "no" = "yes";
    let checks = 0;
    let sockets = 1;
    const seen = {
      ...systemSockets,
      count: () => String(sockets),
      owns: async () => {
        checks++;
        return owner;
      },
    };
    let port = 0;
    let asked = 0;
    const { promise: replaced, resolve: replace } = Promise.withResolvers<void>();
    const first = await serveHttp((_, response) => {
      response.end();
      if (++asked === 5) replace();
    });
    port = first.port;
    const told = watch(subject(port, { sockets: seen }), health(http("/"), { failures: 1 }), (all) =>
      all.includes(`port ${port} is answered by a process outside the service's tree`),
    );
    await replaced;
    expect(checks).toBe(1);
    owner = "no";
    await first[Symbol.asyncDispose]();
    await using _second = await serveHttp((_, response) => response.end(), "127.0.0.1", port);
    sockets++;
    expect((await told).at(-1)).toBe(`port ${port} is answered by a process outside the service's tree`);
  });

  test("does nothing more once it is aborted", async () => {
    const controller = new AbortController();
    const told: string[] = [];
    const watching = watchHealth({
      ...subject(undefined),
      health: health({ kind: "none" }, { interval: 3_600_000 }),
      signal: controller.signal,
      onHealthy: () => told.push("healthy"),
      onUnhealthy: (reason) => told.push(reason),
    });
    controller.abort();
    await watching;
    expect(told).toEqual([]);
  });
});

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
