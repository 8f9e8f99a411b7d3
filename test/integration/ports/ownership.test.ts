import { describe, expect, test } from "vitest";
import { owns } from "../../../src/effects/ports/ownership.ts";
import { readStat } from "../../../src/effects/processes/proc.ts";
import { readListeners } from "../../../src/effects/ports/sockets.ts";
import { startListener, startNode, until } from "./strangers.ts";

const server = `require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port); })`;

async function inodeOf(port: number): Promise<number> {
  return (await readListeners()).find((row) => row.port === port)?.inode ?? 0;
}

/** A leader that starts the server as its child with these options, and says the port and the child's pid. */
async function startLeader(options: string, env: NodeJS.ProcessEnv = {}, afterwards = "") {
  const stranger = await startNode(
    `import { spawn } from "node:child_process"; import { once } from "node:events";
     const child = spawn(process.execPath, ["-e", ${JSON.stringify(server)}], { stdio: ["ignore", "pipe", "inherit"], ${options} });
     const [data] = await once(child.stdout, "data");
     console.log(Number(data), child.pid);
     ${afterwards}`,
    { detached: true, env: { ...process.env, ...env } },
  );
  const [port = 0, child = 0] = stranger.line.split(" ").map(Number);
  return { stranger, port, child, inode: await inodeOf(port) };
}

describe.runIf(process.platform === "linux")("a listening socket is a service's own", () => {
  test("when the leader itself has it", async () => {
    await using stranger = await startListener("127.0.0.1", 0, { detached: true });
    const leader = { pid: stranger.pid, startTicks: readStat(stranger.pid)?.startTicks ?? 0 };
    expect(await owns(leader, await inodeOf(stranger.port), "none")).toBe("yes");
  });

  test("when a child has it, in the leader's group or out of it", async () => {
    for (const options of ["", "detached: true"]) {
      const { stranger, inode, child } = await startLeader(options);
      expect(await owns({ pid: stranger.pid }, inode, "none")).toBe("yes");
      await stranger.end();
      process.kill(child, "SIGKILL");
    }
  });

  test("when the leader is gone and a member of its group has it", async () => {
    const { stranger, inode, child } = await startLeader("");
    await stranger.end();
    expect(readStat(stranger.pid)).toBeUndefined();
    expect(await owns({ pid: stranger.pid, startTicks: 1 }, inode, "none")).toBe("yes");
    process.kill(child, "SIGKILL");
  });

  test("when it left group and session but carries the run's mark", async () => {
    const { stranger, inode, child } = await startLeader("detached: true", { LAUNCH_RUN: "i/api/1" });
    await stranger.end();
    expect(await owns({ pid: stranger.pid }, inode, "i/api/1")).toBe("yes");
    expect(await owns({ pid: stranger.pid }, inode, "i/api/2")).toBe("no");
    process.kill(child, "SIGKILL");
  });

  test("and not when a stranger has it, or a process that got the leader's pid", async () => {
    await using service = await startNode(`console.log("up"); setInterval(() => {}, 1e6);`, { detached: true });
    await using stranger = await startListener("127.0.0.1", 0, { detached: true });
    const inode = await inodeOf(stranger.port);
    expect(await owns({ pid: service.pid }, inode, "none")).toBe("no");
    expect(await owns({ pid: stranger.pid, startTicks: 1 }, inode, "none")).toBe("no");
  });

  test("and nothing is known of a socket that nobody visible has", async () => {
    const stranger = await startListener("127.0.0.1");
    const inode = await inodeOf(stranger.port);
    await stranger.end();
    await until(async () => (await inodeOf(stranger.port)) === 0);
    expect(await owns({ pid: process.pid }, inode, "none")).toBe("unknown");
    expect(await owns({ pid: process.pid }, 0, "none")).toBe("unknown");
  });
});
