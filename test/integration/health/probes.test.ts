import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Probe } from "../../../src/core/service.ts";
import { matchLog } from "../../../src/effects/health/log.ts";
import { runProbe } from "../../../src/effects/health/probe.ts";
import type { ProbeResult, Subject } from "../../../src/effects/health/subject.ts";
import { freePort, http, serveHttp, serveTcp, subject } from "./subjects.ts";

function ask(of: Subject, probe: Probe, within = 2000, signal = new AbortController().signal): Promise<ProbeResult> {
  return runProbe(probe, of, { within, signal });
}

describe("an http probe", () => {
  test("succeeds with any status from 200 to 399, and names any other", async () => {
    await using server = await serveHttp((request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { location: request.url ?? "" }).end("body");
    });
    const at = { host: "127.0.0.1", port: server.port };
    for (const status of [200, 204, 301, 399]) {
      expect(await ask(subject(server.port), http(`/${status}`))).toEqual({ ok: true, answered: at });
    }
    for (const status of [404, 503]) {
      const reason = `GET http://127.0.0.1:${server.port}/${status} answered ${status}`;
      expect(await ask(subject(server.port), http(`/${status}`))).toEqual({ ok: false, reason });
    }
    expect(await ask(subject(server.port), http("/404", { status: [404] }))).toMatchObject({ ok: true });
    expect(await ask(subject(server.port), http("/200", { status: [204] }))).toMatchObject({ ok: false });
  });

  test("does not follow a redirect, not even one to itself", async () => {
    let asked = 0;
    await using server = await serveHttp((request, response) => {
      asked++;
      response.writeHead(302, { location: request.url ?? "" }).end();
    });
    expect(await ask(subject(server.port), http("/loop"))).toMatchObject({ ok: true });
    expect(asked).toBe(1);
  });

  test("sends the headers it was given", async () => {
    await using server = await serveHttp((request, response) => {
      const fits = request.headers.host === "api.test" && request.headers.authorization === "Bearer x";
      response.writeHead(fits ? 200 : 401).end();
    });
    const headers = { Host: "api.test", Authorization: "Bearer x" };
    expect(await ask(subject(server.port), http("/", { headers }))).toMatchObject({ ok: true });
  });

  test("looks for a pattern in the first 64 KiB of the body", async () => {
    await using server = await serveHttp((request, response) => {
      response.write(request.url === "/late" ? "x".repeat(70_000) : '{"status":');
      response.end('"up"}');
    });
    expect(await ask(subject(server.port), http("/", { body: '"status":\\s*"up"' }))).toMatchObject({ ok: true });
    expect(await ask(subject(server.port), http("/late", { body: "up" }))).toEqual({
      ok: false,
      reason: `GET http://127.0.0.1:${server.port}/late answered 200, but its body does not match /up/`,
    });
  });

  test("ends within its bound when the server hangs before or in the middle of its answer", async () => {
    await using server = await serveHttp((request, response) => {
      if (request.url === "/hangs") return;
      const trickle = setInterval(() => response.write("x"), 10);
      response.on("close", () => clearInterval(trickle));
    });
    const url = `GET http://127.0.0.1:${server.port}`;
    expect(await ask(subject(server.port), http("/hangs"), 100)).toEqual({
      ok: false,
      reason: `${url}/hangs: no answer within 100ms`,
    });
    expect(await ask(subject(server.port), http("/trickles", { body: "y" }), 100)).toEqual({
      ok: false,
      reason: `${url}/trickles: no answer within 100ms`,
    });
  });

  test("finds a server that listens on ::1 only, and tells of the first address when none answers", async () => {
    await using server = await serveHttp((_, response) => response.end(), "::1");
    expect(await ask(subject(server.port), http("/"))).toEqual({
      ok: true,
      answered: { host: "::1", port: server.port },
    });
    const port = await freePort();
    expect(await ask(subject(port), http("/"))).toEqual({
      ok: false,
      reason: `connect 127.0.0.1:${port}: connection refused`,
      refused: true,
    });
    expect(await ask(subject(server.port, { host: "127.0.0.1" }), http("/"))).toMatchObject({ ok: false });
  });

  test("says so when the answer is not HTTP, or none comes", async () => {
    await using rude = await serveTcp((socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n"));
    await using mute = await serveTcp((socket) => socket.destroy());
    const words = async (port: number): Promise<string> => {
      const result = await ask(subject(port), http("/"));
      return result.ok ? "ok" : result.reason.replace(/^GET \S+ /, "");
    };
    expect(await words(rude.port)).toBe("the answer is not HTTP");
    expect(await words(mute.port)).toBe("the connection was closed before an answer");
  });

  test("accepts a certificate that nobody has signed on loopback", async () => {
    const directory = mkdtempSync(join(tmpdir(), "launch-tls-"));
    const [key, cert] = [join(directory, "key"), join(directory, "cert")];
    const subjectName = ["-subj", "/CN=localhost", "-days", "1", "-nodes"];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", cert, ...subjectName], {
      stdio: "ignore",
    });
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
      response.end("hello");
    });
    rmSync(directory, { recursive: true });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await ask(subject(port), http(`https://localhost:${port}/`, { body: "hello" }))).toMatchObject({ ok: true });
    server.close();
  });

  test("takes no time-out for true that fires late because the loop has stalled", async () => {
    // The server is another process: it answers after 50 ms, while nothing runs here.
    const port = await freePort();
    const script = `require("http").createServer((_, r) => setTimeout(() => r.end(), 50)).listen(${port}, "127.0.0.1")`;
    const child = spawn(process.execPath, ["-e", script], { stdio: "ignore" });
    while (!(await ask(subject(port), http("/"))).ok) await new Promise((resolve) => setImmediate(resolve));
    const answer = ask(subject(port), http("/"), 150);
    // Let the request go out, then hold everything up for longer than its bound.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    const until = performance.now() + 500;
    while (performance.now() < until);
    expect(await answer).toMatchObject({ ok: true });
    child.kill("SIGKILL");
  });

  test("rejects with the reason of whoever aborts it", async () => {
    await using server = await serveHttp(() => {});
    const controller = new AbortController();
    const answer = ask(subject(server.port), http("/"), 5000, controller.signal);
    server.server.once("connection", () => controller.abort(new Error("stopped")));
    await expect(answer).rejects.toThrow("stopped");
  });
});

describe("a tcp probe", () => {
  test("succeeds with a connection on either loopback address, and names a refusal", async () => {
    await using four = await serveTcp(() => {});
    await using six = await serveTcp(() => {}, "::1");
    const port = await freePort();
    const tcp = { kind: "tcp", address: "main" } as const;
    expect(await ask(subject(four.port), tcp)).toEqual({ ok: true, answered: { host: "127.0.0.1", port: four.port } });
    expect(await ask(subject(six.port), tcp)).toEqual({ ok: true, answered: { host: "::1", port: six.port } });
    expect(await ask(subject(port), tcp)).toEqual({
      ok: false,
      reason: `connect 127.0.0.1:${port}: connection refused`,
      refused: true,
    });
  });
});

describe("a listen probe", () => {
  test("sees a socket without connecting to it", async () => {
    let connections = 0;
    await using server = await serveTcp(() => connections++);
    const probe = { kind: "listen", endpoint: "main" } as const;
    const result = await ask(subject(server.port), probe);
    expect(result).toMatchObject({ ok: true, answered: { host: "127.0.0.1", port: server.port } });
    const port = await freePort();
    expect(await ask(subject(port), probe)).toEqual({
      ok: false,
      reason: `nothing listens on port ${port}`,
      refused: true,
    });
    expect(connections).toBe(0);
  });
});

describe("an exec probe", () => {
  const shell = (script: string) => ({ kind: "exec", command: { shell: script } }) as const;

  test("succeeds with exit code 0, in the service's directory and environment alone", async () => {
    const of = subject(undefined, { cwd: tmpdir(), env: { PATH: process.env["PATH"] ?? "", ONE: "1" } });
    expect(await ask(of, shell('test "$ONE" = 1 -a -z "$HOME" -a "$(pwd -P)" = "$(cd /tmp && pwd -P)"'))).toEqual({
      ok: true,
    });
  });

  test("tells the exit code and the last line that was said", async () => {
    const reason = async (script: string): Promise<unknown> => {
      const result = await ask(subject(undefined), shell(script));
      return result.ok ? "ok" : result.reason;
    };
    expect(await reason("echo out; echo one >&2; printf '\\033[31mtwo\\033[0m\\n\\n' >&2; exit 2")).toBe(
      "exit code 2: two",
    );
    expect(await reason("echo no response; exit 3")).toBe("exit code 3: no response");
    expect(await reason("exit 1")).toBe("exit code 1");
    expect(await reason("kill -TERM $$")).toBe("SIGTERM");
    expect(await reason("yes | head -c 3000000 >&2; echo end >&2; exit 1")).toBe("exit code 1: end");
  });

  test("tells a missing command from one that may not be run and from a missing directory", async () => {
    const run = (args: string[], cwd = process.cwd()) =>
      ask(subject(undefined, { cwd }), { kind: "exec", command: { args } });
    expect(await run(["no-such-command-here"])).toEqual({
      ok: false,
      reason: "command not found: no-such-command-here",
    });
    expect(await run(["/etc/passwd"])).toEqual({ ok: false, reason: "not executable: /etc/passwd" });
    expect(await run(["true"], "/no/such/place")).toEqual({ ok: false, reason: "no such directory: /no/such/place" });
  });

  test("leaves nothing behind, whether it ends, hangs or is aborted", async () => {
    const directory = mkdtempSync(join(tmpdir(), "launch-exec-"));
    const pids = join(directory, "pids");
    const hang = `sleep 1000 & echo $! >> ${pids}; (sleep 1000 & echo $! >> ${pids}; wait) & `;
    const wait = `while [ "$(wc -l < ${pids})" -lt 2 ]; do :; done; `;
    const left = () =>
      readFileSync(pids, "utf8")
        .trim()
        .split("\n")
        .filter((pid) => existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "));
    const gone = async (): Promise<void> => {
      while (left().length > 0) await new Promise((resolve) => setImmediate(resolve));
      rmSync(pids);
    };
    expect(await ask(subject(undefined), shell(`${hang}${wait}exit 0`))).toEqual({ ok: true });
    await gone();
    expect(await ask(subject(undefined), shell(`${hang}wait`), 800)).toEqual({
      ok: false,
      reason: expect.stringMatching(/^sleep 1000 & echo .*…: no answer within 800ms$/),
    });
    await gone();
    const controller = new AbortController();
    const aborted = ask(subject(undefined), shell(`${hang}${wait}wait`), 5000, controller.signal);
    while (!existsSync(pids) || readFileSync(pids, "utf8").split("\n").length < 3) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    controller.abort(new Error("stopped"));
    await expect(aborted).rejects.toThrow("stopped");
    await gone();
    rmSync(directory, { recursive: true });
  });
});

describe("a log probe", () => {
  const batch = (text: string) => ({ bytes: Buffer.from(text), continued: false, origin: "program" }) as const;

  test("succeeds once a line has matched, colours aside", async () => {
    const log = matchLog("^ready in \\d+ ms$");
    const of = subject(undefined, { log });
    const probe = { kind: "log", pattern: "^ready in \\d+ ms$" } as const;
    log.see(batch("not ready in 5 ms\nready in time\n"));
    expect(await ask(of, probe)).toEqual({ ok: false, reason: "no line matched /^ready in \\d+ ms$/" });
    log.see({ ...batch("ready in 5 ms\n"), origin: "launch" });
    expect(log.found.given()).toBe(false);
    log.see(batch("\x1b[32mready\x1b[0m in \x1b[1m5\x1b[0m ms\nmore\n"));
    expect(await ask(of, probe)).toEqual({ ok: true });
  });
});
