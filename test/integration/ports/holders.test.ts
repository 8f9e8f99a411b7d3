import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { findHolders } from "../../../src/effects/ports/holders.ts";
import { freePort, startListener, startNode, until } from "./strangers.ts";

describe.runIf(process.platform === "linux")("the holder of a port", () => {
  test("is named with its command, directory, user and age", async () => {
    const cwd = realpathSync(tmpdir());
    const before = Date.now();
    await using stranger = await startListener("127.0.0.1", 0, { cwd });
    const known = (await findHolders([stranger.port])).get(stranger.port);
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
    expect((await findHolders([port])).get(port)).toMatchObject({ holder: { pid: stranger.pid } });
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
      expect((await findHolders([port])).get(port)).toMatchObject({ holder: { pid: left, command: "sleep 100" } });
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
      [root, "/srv/other"].map(async (root) =>
        (await findHolders([stranger.port], { root, instance: "default" })).get(stranger.port),
      ),
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
        const ask = async (root) => (await findHolders([${stranger.port}], { root, instance: "default" })).get(${stranger.port}).holder.leftover;
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

  test("is absent for a port that nobody listens on", async () => {
    expect((await findHolders([await freePort()])).size).toBe(0);
  });

  test.runIf(process.getuid?.() === 0)("is only a user where its processes may not be looked at", async () => {
    await using stranger = await startListener("127.0.0.1");
    const path = new URL("../../../src/effects/ports/holders.ts", import.meta.url).href;
    await using nobody = await startNode(`
      const { findHolders } = await import(${JSON.stringify(path)});
      process.setgroups([]); process.setgid(65534); process.setuid(65534);
      console.log(JSON.stringify((await findHolders([${stranger.port}])).get(${stranger.port})));`);
    expect(JSON.parse(nobody.line)).toEqual({ kind: "other-user", uid: 0, user: "root" });
  });

  test("changes when the port changes hands", async () => {
    const port = await freePort();
    const first = await startListener("127.0.0.1", port);
    expect((await findHolders([port])).get(port)).toMatchObject({ holder: { pid: first.pid } });
    await first.end();
    await until(async () => (await findHolders([port])).size === 0);
    await using second = await startListener("127.0.0.1", port);
    expect((await findHolders([port])).get(port)).toMatchObject({ holder: { pid: second.pid } });
  });
});
