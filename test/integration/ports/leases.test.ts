import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { leaseByFile, leasesByFile, ownerByFile } from "../../../src/effects/ports/lease-files.ts";
import { instanceOwner, leaseOwner, leasePort, lockInstance } from "../../../src/effects/ports/leases.ts";
import { announceRun, findRun } from "../../../src/effects/state/registry.ts";
import { freePort, startNode, startStranger } from "./strangers.ts";

const moduleAt = (name: string): string =>
  JSON.stringify(new URL(`../../../src/effects/${name}.ts`, import.meta.url).href);
const withLeases = `import { leasePort, lockInstance } from ${moduleAt("ports/leases")}; import { announceRun } from ${moduleAt("state/registry")};`;
const stay = `setInterval(() => {}, 1e6);`;

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "launch-leases-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

describe("a leased port", () => {
  test("is nobody else's until it is given back", async () => {
    const port = await freePort();
    const lease = leasePort({ port });
    expect(lease).toBeDefined();
    expect(leasePort({ port })).toBeUndefined();
    await using other = await startNode(`${withLeases} console.log(leasePort({ port: ${port} }) === undefined);`);
    expect(other.line).toBe("true");
    lease?.[Symbol.dispose]();
    lease?.[Symbol.dispose]();
    using again = leasePort({ port });
    expect(again).toBeDefined();
  });

  test("is free again the moment its owner is killed", async () => {
    const port = await freePort();
    await using owner = await startNode(
      `${withLeases} globalThis.lease = leasePort({ port: ${port} }); console.log("leased"); ${stay}`,
    );
    expect(leasePort({ port })).toBeUndefined();
    await owner.end("SIGKILL");
    using mine = leasePort({ port });
    expect(mine).toBeDefined();
  });

  test("is another one on another address and for UDP, and contends with those that take every address", async () => {
    const port = await freePort();
    const binding = { port, host: "127.0.0.1" };
    {
      using one = leasePort(binding);
      using beside = leasePort({ port, host: "127.0.0.2" });
      using datagrams = leasePort({ port, transport: "udp" });
      expect([one, beside, datagrams]).not.toContain(undefined);
      expect(leasePort(binding)).toBeUndefined();
      expect(leasePort({ port })).toBeUndefined();
      expect(leasePort({ port, host: "0.0.0.0" })).toBeUndefined();
      expect(leasePort({ port, host: "127.0.0.1", transport: "udp" })).toBeUndefined();
      expect((await leaseOwner({ port, host: "0.0.0.0" }))?.pid).toBe(process.pid);
      using six = leasePort({ port, host: "::1" });
      expect(six).toBeDefined();
    }
    using every = leasePort({ port });
    expect(every).toBeDefined();
    expect(leasePort(binding)).toBeUndefined();
    expect((await leaseOwner(binding))?.pid).toBe(process.pid);
  });

  test("names the project of the run that has it", async () => {
    const port = await freePort();
    await using owner = await startNode(
      `${withLeases} globalThis.kept = [announceRun({ name: "shop", root: "/srv/shop", instance: "default" }), leasePort({ port: ${port} })]; console.log("leased"); ${stay}`,
    );
    expect(await leaseOwner({ port })).toMatchObject({
      pid: owner.pid,
      run: { pid: owner.pid, name: "shop", root: "/srv/shop", instance: "default" },
    });
    expect(await leaseOwner({ port: await freePort() })).toBeUndefined();
  });

  test("is not inherited by a child", async () => {
    const port = await freePort();
    await using owner = await startNode(
      `${withLeases} import { spawn } from "node:child_process";
       globalThis.lease = leasePort({ port: ${port} });
       const child = spawn("sleep", ["100"], { detached: true, stdio: "ignore" });
       child.once("spawn", () => console.log(child.pid)); ${stay}`,
    );
    const child = Number(owner.line);
    try {
      await owner.end("SIGKILL");
      process.kill(child, 0);
      using mine = leasePort({ port });
      expect(mine).toBeDefined();
    } finally {
      process.kill(child, "SIGKILL");
    }
  });
});

test("a state directory is locked for one run at a time", async () => {
  const key = scratch();
  await using owner = await startNode(
    `${withLeases} globalThis.lock = await lockInstance(${JSON.stringify(key)}); console.log("locked"); ${stay}`,
  );
  expect(await lockInstance(key)).toBeUndefined();
  expect(await instanceOwner(key)).toMatchObject({ pid: owner.pid });
  using other = await lockInstance(`${key}/other`);
  expect(other).toBeDefined();
  await owner.end("SIGKILL");
  using mine = await lockInstance(key);
  expect(mine).toBeDefined();
});

describe("where there are no abstract sockets", () => {
  test("the leases that somebody has are told from the files that were left", async () => {
    const directory = scratch();
    using held = leaseByFile("launch-port-5000@127.0.0.1", directory);
    leaseByFile("launch-port-5001", directory)?.[Symbol.dispose]();
    expect(held).toBeDefined();
    expect(leasesByFile(directory)).toEqual(["launch-port-5000@127.0.0.1"]);
  });

  test("a lease is one file's, and freed when its owner is killed", async () => {
    const directory = scratch();
    await using owner = await startNode(
      `import { leaseByFile } from ${moduleAt("ports/lease-files")};
       globalThis.lease = leaseByFile("launch-port-1", ${JSON.stringify(directory)}); console.log(lease.name); ${stay}`,
    );
    expect(leaseByFile("launch-port-1", directory)).toBeUndefined();
    expect(ownerByFile("launch-port-1", directory)).toBe(owner.pid);
    using other = leaseByFile("launch-port-2", directory);
    expect(other).toBeDefined();
    await owner.end("SIGKILL");
    const mine = leaseByFile("launch-port-1", directory);
    expect(mine).toBeDefined();
    expect(leaseByFile("launch-port-1", directory)).toBeUndefined();
    mine?.[Symbol.dispose]();
    expect(ownerByFile("launch-port-1", directory)).toBeUndefined();
    leaseByFile("launch-port-1", directory)?.[Symbol.dispose]();
  });
});

describe("runs", () => {
  const about = { name: "shop", root: "/srv/shop", instance: "default" };

  test("are found by their pid as long as they live", () => {
    const directory = scratch();
    const run = announceRun(about, directory);
    expect(findRun(process.pid, directory)).toMatchObject({ ...about, pid: process.pid });
    run[Symbol.dispose]();
    expect(findRun(process.pid, directory)).toBeUndefined();
  });

  test("are not mistaken for a process that got their pid, and what they left is swept", async () => {
    const directory = scratch();
    await using stranger = await startStranger("sh", ["-c", "echo up; exec sleep 100"]);
    writeFileSync(
      join(directory, `${stranger.pid}.json`),
      JSON.stringify({ ...about, pid: stranger.pid, startTicks: 1 }),
    );
    writeFileSync(join(directory, "99999999.json"), "torn");
    expect(findRun(stranger.pid, directory)).toBeUndefined();
    using _run = announceRun(about, directory);
    expect(readdirSync(directory)).toEqual([`${process.pid}.json`]);
  });

  test("go untold without a directory, and nothing breaks", () => {
    announceRun(about, join(scratch(), "missing"))[Symbol.dispose]();
    expect(findRun(process.pid, "/nonexistent")).toBeUndefined();
  });
});
