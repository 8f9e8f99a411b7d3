import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { HolderKnowledge } from "../../../src/core/conflict.ts";
import { type AskingRun, findHolders } from "../../../src/effects/ports/holders.ts";
import { freePort, startListener, startNode, startStranger, until, type Stranger } from "./strangers.ts";

const holderOn = async (port: number, asking?: AskingRun): Promise<HolderKnowledge | undefined> =>
  (await findHolders([{ port }], asking))({ port });

describe.runIf(process.platform === "linux")("the holder of a port", () => {
  test("is named with its command, directory, user and age", async () => {
    const cwd = realpathSync(tmpdir());
    const before = Date.now();
    await using stranger = await startListener("127.0.0.1", 0, { cwd });
    const known = await holderOn(stranger.port);
    expect(known).toMatchObject({ kind: "process", holder: { pid: stranger.pid, cwd, uid: process.getuid?.() } });
    if (known?.kind !== "process") return;
    expect(known.holder.command).toContain("--input-type=module");
    expect(known.holder.startedAt).toBeGreaterThan(before - 1000);
    expect(known.holder.startedAt).toBeLessThan(Date.now() + 1000);
    expect(known.holder.startTicks).toBeGreaterThan(0);
    expect(known.holder.project).toBeUndefined();
  });

  test("is the parent of workers that share its socket", async () => {
    await using stranger = await startNode(`
      import { createServer } from "node:net";
      import { spawn } from "node:child_process";
      const server = createServer().listen(0, "127.0.0.1", () => {
        const worker = spawn("sleep", ["100"], { stdio: ["ignore", "ignore", "ignore", server._handle.fd] });
        process.on("SIGTERM", () => { worker.kill(); process.exit(); });
        console.log(server.address().port, worker.pid);
      });`);
    const [port = 0] = stranger.line.split(" ").map(Number);
    expect(await holderOn(port)).toMatchObject({ holder: { pid: stranger.pid } });
    await stranger.end("SIGTERM");
  });

  test("is a grandchild that outlived the server whose socket it got", async () => {
    await using stranger = await startNode(`
      import { createServer } from "node:net";
      import { spawn } from "node:child_process";
      const server = createServer().listen(0, "127.0.0.1", () => {
        const left = spawn("sleep", ["100"], { detached: true, stdio: ["ignore", "ignore", "ignore", server._handle.fd] });
        console.log(server.address().port, left.pid);
      });`);
    const [port = 0, left = 0] = stranger.line.split(" ").map(Number);
    await stranger.end();
    try {
      expect(await holderOn(port)).toMatchObject({ holder: { pid: left, command: "sleep 100" } });
    } finally {
      process.kill(left, "SIGKILL");
    }
  });

  test("says which launch project it belongs to, and whether an earlier run of ours left it", async () => {
    const root = `/srv/shop-${process.pid}`;
    const marks = {
      LAUNCH_PROJECT: "shop",
      LAUNCH_SERVICE: "web",
      LAUNCH_ROOT: root,
      LAUNCH_INSTANCE: "default",
    };
    await using stranger = await startListener("127.0.0.1", 0, { env: { ...process.env, ...marks } });
    const project = { name: "shop", service: "web", root };
    const [own, other] = await Promise.all(
      [root, "/srv/other"].map((root) => holderOn(stranger.port, { root, instance: "default" })),
    );
    expect(own).toMatchObject({ holder: { project } });
    expect(other).toMatchObject({ holder: { project } });
    // This process is older than the stranger, so the stranger is a service of this very run.
    expect(own).not.toMatchObject({ holder: { leftover: true } });

    // A run that starts after it, as the one after a crash does.
    const moduleAt = (name: string): string =>
      JSON.stringify(new URL(`../../../src/effects/${name}.ts`, import.meta.url).href);
    const late = async (): Promise<string> => {
      await using asking = await startNode(`
        import { findHolders } from ${moduleAt("ports/holders")};
        const ask = async (root) => (await findHolders([{ port: ${stranger.port} }], { root, instance: "default" }))({ port: ${stranger.port} }).holder.leftover;
        console.log(await ask(${JSON.stringify(root)}), await ask("/srv/other"));`);
      return asking.line;
    };
    expect(await late()).toBe("true undefined");

    // A command beside the run that the service belongs to.
    await using _run = await startNode(`
      import { announceRun } from ${moduleAt("state/registry")};
      announceRun({ name: "shop", root: ${JSON.stringify(root)}, instance: "default" });
      console.log("up"); setInterval(() => {}, 1e6);`);
    expect(await late()).toBe("undefined undefined");
  });

  describe("that has written over its environment", () => {
    const moduleAt = (name: string): string =>
      JSON.stringify(new URL(`../../../src/effects/${name}.ts`, import.meta.url).href);
    // Perl writes its title over all that the kernel shows of its environment, as redis and nginx do.
    const titled = `use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1"); $| = 1; print $s->sockport, "\\n"; $0 = "titled"; sleep 1000;`;

    /** A run of \`shop\` whose state says this; \`body\` makes it, knowing \`listener\`, and the line that it prints is given. */
    async function startRun(body: string): Promise<Stranger> {
      const directory = mkdtempSync(join(realpathSync(tmpdir()), "launch-holders-"));
      onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
      return startNode(`
        import { spawn } from "node:child_process";
        import { writeFileSync } from "node:fs";
        import { announceRun } from ${moduleAt("state/registry")};
        import { writeRunFile } from ${moduleAt("state/directory")};
        import { openStateFile } from ${moduleAt("state/state-file")};
        import { namedProcess } from ${moduleAt("processes/proc")};
        const directory = ${JSON.stringify(directory)};
        const about = { name: "shop", root: "/srv/shop", instance: "two" };
        announceRun({ ...about, directory });
        const listen = (command, args, options = {}) => new Promise((resolve) => {
          const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], ...options });
          process.on("exit", () => child.kill("SIGKILL"));
          child.stdout.once("data", (line) => resolve({ pid: child.pid, port: Number(line) }));
        });
        const titled = ["-e", ${JSON.stringify(titled)}];
        const write = (services, tag) => openStateFile(directory, { isWhole: false }).write({ ports: {}, files: {}, run: {
          launch: "1", boot: "1", place: "1", engine: namedProcess(process.pid), tag, marker: { start: "", end: "" }, since: 0,
          onDeath: "end", ending: false, colors: false, startedAt: 0, engines: 0, reclaims: [], services } });
        const service = (more) => ({ wanted: true, bounce: false, run: 1, restarts: 0, recentRestarts: [], ports: {}, ...more });
        const live = (pid) => ({ ...namedProcess(pid), run: 1, marker: "m", ready: true, tty: false, signal: "SIGTERM", graceMs: 0, logFrom: 0, sessionFrom: 0 });
        process.on("SIGTERM", () => process.exit());
        ${body}`);
    }

    const project = { name: "shop", root: "/srv/shop", running: true };

    test.each([
      [
        "its own process",
        `const { pid, port } = await listen("perl", titled, { detached: true }); write({ cache: service({ live: live(pid) }) }); console.log(port);`,
      ],
      [
        "its parent",
        `const { pid, port } = await listen("sh", ["-c", 'perl "$@" & wait', "sh", ...titled], { detached: true }); write({ cache: service({ live: live(pid) }) }); console.log(port);`,
      ],
      [
        "its group, whose leader has ended",
        `const { pid, port } = await listen("sh", ["-c", 'perl "$@" & read -r _', "sh", ...titled], { detached: true, stdio: ["pipe", "pipe", "inherit"] });
         write({ cache: service({ live: live(pid) }) }); process.kill(pid, "SIGKILL"); console.log(port);`,
      ],
      [
        "its tag",
        `const tag = (run) => String((1n << 61n) | (77n << 32n) | (3n << 20n) | run);
         const { port } = await listen("sh", ["-c", 'ulimit -S -x "$1" 2>/dev/null || ulimit -S -w "$1"; shift; exec setsid -f perl "$@"', "sh", tag(9n), ...titled]);
         write({ cache: service({ tag: tag(4n) }) }, 77); console.log(port);`,
      ],
      [
        "the ports of the run",
        `const { port } = await listen("setsid", ["-f", "perl", ...titled]);
         write({ cache: service({ live: live(process.pid) }), other: service({ live: live(process.pid) }) });
         writeRunFile({ directory }, { ...namedProcess(process.pid), version: "1", ...about, bindings: [{ service: "cache", host: "127.0.0.1", port }] });
         console.log(port);`,
      ],
    ])("is known by %s", async (_, body) => {
      await using run = await startRun(body);
      const known = await holderOn(Number(run.line), { root: "/srv/shop", instance: "default" });
      expect(known).toMatchObject({
        kind: "process",
        holder: { project: { ...project, service: "cache", instance: "two" } },
      });
      if (known?.kind === "process") process.kill(known.holder.pid, "SIGKILL");
      await run.end("SIGTERM");
    });

    test("is a process of the run where it descends from its engine and is no service", async () => {
      await using run = await startRun(`const { port } = await listen("perl", titled); write({}); console.log(port);`);
      const known = await holderOn(Number(run.line), { root: "/srv/other", instance: "default" });
      expect(known).toMatchObject({ holder: { project: { ...project, service: "a process" } } });
      await run.end("SIGTERM");
    });

    test("is a stranger beside a run that has nothing to do with it, and where that run's own service is down", async () => {
      await using stranger = await startStranger("perl", ["-e", titled]);
      const bindings = [{ service: "cache", port: Number(stranger.line) }];
      await using run = await startRun(`
        write({ cache: service({}), other: service({ live: live(process.pid) }) });
        writeRunFile({ directory }, { ...namedProcess(process.pid), version: "1", ...about, bindings: ${JSON.stringify(bindings)} });
        console.log("up"); setInterval(() => {}, 1e6);`);
      const known = await holderOn(Number(stranger.line));
      expect(known).toMatchObject({ kind: "process", holder: { pid: stranger.pid } });
      expect(known).not.toHaveProperty("holder.project");
      await run.end("SIGTERM");
    });
  });

  test("is absent for a port that nobody listens on", async () => {
    expect(await holderOn(await freePort())).toBeUndefined();
  });

  test.runIf(process.getuid?.() === 0)("is only a user where its processes may not be looked at", async () => {
    await using stranger = await startListener("127.0.0.1");
    const path = new URL("../../../src/effects/ports/holders.ts", import.meta.url).href;
    await using nobody = await startNode(`
      const { findHolders } = await import(${JSON.stringify(path)});
      process.setgroups([]); process.setgid(65534); process.setuid(65534);
      console.log(JSON.stringify((await findHolders([{ port: ${stranger.port} }]))({ port: ${stranger.port} })));`);
    expect(JSON.parse(nobody.line)).toEqual({ kind: "other-user", uid: 0, user: "root" });
  });

  test("changes when the port changes hands", async () => {
    const port = await freePort();
    const first = await startListener("127.0.0.1", port);
    expect(await holderOn(port)).toMatchObject({ holder: { pid: first.pid } });
    await first.end();
    await until(async () => (await holderOn(port)) === undefined);
    await using second = await startListener("127.0.0.1", port);
    expect(await holderOn(port)).toMatchObject({ holder: { pid: second.pid } });
  });
});
