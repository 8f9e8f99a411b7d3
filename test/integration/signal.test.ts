import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { endTree } from "../../src/effects/processes/end-tree.ts";
import { isAlive, readStat } from "../../src/effects/processes/proc.ts";
import { groupAlive, readOurselves, readTree, signalProcess, signalTree } from "../../src/effects/processes/signal.ts";
import { startNode, startStranger, until } from "./ports/strangers.ts";

const alive = (pid: number): boolean => isAlive(readStat(pid));
const ticksOf = (pid: number): number => readStat(pid)?.startTicks ?? 0;

describe("what must not be signalled is refused", () => {
  test.each([0, 1, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, undefined as never])("pid %s", (pid) => {
    expect(signalProcess({ pid }, "SIGKILL")).toBe("refused");
    expect(signalProcess({ pid, group: true }, "SIGKILL")).toBe("refused");
  });
  test("ourselves, our group, our ancestors and their groups", () => {
    const group = readStat(process.pid)?.group ?? 0;
    expect(signalProcess({ pid: process.pid }, "SIGKILL")).toBe("refused");
    expect(signalProcess({ pid: process.ppid }, "SIGKILL")).toBe("refused");
    expect(signalProcess({ pid: group, group: true }, "SIGKILL")).toBe("refused");
    for (const pid of readOurselves().pids) {
      expect(signalProcess({ pid }, "SIGKILL")).toBe("refused");
      expect(signalProcess({ pid: readStat(pid)?.group ?? 0, group: true }, "SIGKILL")).toBe("refused");
    }
  });
  test("a signal that does not exist", async () => {
    await using stranger = await startStranger("sh", ["-c", "echo up; exec sleep 100"]);
    expect(signalProcess({ pid: stranger.pid }, "SIGNOTHING")).toBe("refused");
  });
  test.runIf(process.getuid?.() === 0)(
    "another user's process, unless it descends from us or is known to be ours",
    async () => {
      // A middle process that ends, so that the stranger descends from it no more.
      await using own = await startNode(`console.log("up"); setInterval(() => {}, 1e6);`, { uid: 65_534 });
      const middle = spawn("sh", ["-c", "setpriv --reuid=65534 --clear-groups sleep 100 >/dev/null 2>&1 & echo $!"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [data] = (await once(middle.stdout, "data")) as [Buffer];
      const pid = Number(data);
      await until(() => readStat(pid)?.name === "sleep" && readStat(pid)?.ppid !== middle.pid);
      expect(signalProcess({ pid }, "SIGTERM")).toBe("refused");
      expect(signalProcess({ pid, anyUser: true }, "SIGKILL")).toBe("sent");
      expect(signalProcess({ pid: own.pid }, "SIGKILL")).toBe("sent");
      await until(() => !alive(pid) && !alive(own.pid));
    },
  );
});

test("a process that got an old number is left alone", async () => {
  await using stranger = await startStranger("sh", ["-c", "echo up; exec sleep 100"], { detached: true });
  const stale = ticksOf(stranger.pid) - 1;
  expect(signalProcess({ pid: stranger.pid, startTicks: stale }, "SIGKILL")).toBe("gone");
  expect(signalProcess({ pid: stranger.pid, startTicks: stale, group: true }, "SIGKILL")).toBe("gone");
  expect(await endTree({ pid: stranger.pid, startTicks: stale }, { signal: "SIGTERM", graceMs: 1000 })).toEqual({
    result: "gone",
  });
  expect(alive(stranger.pid)).toBe(true);
  expect(signalProcess({ pid: stranger.pid, startTicks: ticksOf(stranger.pid) }, "SIGKILL")).toBe("sent");
});

test("a process that ended is gone, also while its parent has not asked for it", async () => {
  const stranger = await startStranger("sh", ["-c", "echo up; exec sleep 100"]);
  await stranger.end();
  expect(signalProcess({ pid: stranger.pid }, "SIGTERM")).toBe("gone");
  // A parent that never waits leaves its child a zombie. The child ends once that is so: before, the shell could still wait for it.
  const child = 'until [ "$(cat /proc/$PPID/comm)" = sleep ]; do :; done';
  await using parent = await startStranger("sh", ["-c", `setsid sh -c '${child}' & echo $!; exec sleep 100`]);
  const zombie = Number(parent.line);
  await until(() => readStat(zombie)?.state === "Z");
  expect(signalProcess({ pid: zombie }, "SIGTERM")).toBe("gone");
  expect(groupAlive(zombie)).toBe(false);
});

test("a process whose first thread has ended lives as long as another thread does", async () => {
  const script =
    "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(100,)).start(); print('up', flush=True); ctypes.CDLL(None).pthread_exit(None)";
  await using stranger = await startStranger("python3", ["-c", script], { detached: true });
  await until(() => readStat(stranger.pid)?.state === "Z");
  expect(alive(stranger.pid)).toBe(true);
  expect(groupAlive(stranger.pid)).toBe(true);
  expect(signalProcess({ pid: stranger.pid }, "SIGKILL")).toBe("sent");
  await until(() => !alive(stranger.pid));
});

test("a group is signalled as a whole and lives as long as a member does", async () => {
  await using stranger = await startStranger("sh", ["-c", "sleep 100 & echo $!; exec sleep 100"], { detached: true });
  const member = Number(stranger.line);
  await stranger.end();
  expect(alive(member)).toBe(true);
  expect(groupAlive(stranger.pid)).toBe(true);
  expect(signalProcess({ pid: stranger.pid, group: true }, "SIGKILL")).toBe("sent");
  await until(() => !groupAlive(stranger.pid));
  expect(groupAlive(1)).toBe(false);
});

test("a tree is signalled with the children that it has got since it was read", async () => {
  // A shell that waits for a child acts on SIGINT only after that child's end.
  await using shell = await startStranger("sh", ["-c", "echo up; read go; sleep 1000; true"]);
  const tree = readTree({ pid: shell.pid });
  expect(tree).toHaveLength(1);
  shell.child.stdin?.write("go\n");
  await until(() => readTree({ pid: shell.pid })[1]?.name === "sleep");
  const ended = once(shell.child, "exit");
  expect(signalTree(tree, "SIGINT")).toMatchObject({ result: "sent", tree: [{ pid: shell.pid }, { name: "sleep" }] });
  expect(await ended).toEqual([null, "SIGINT"]);
});

describe("ending a stranger's tree", () => {
  test("takes its descendants along, also those in other groups", async () => {
    await using stranger = await startStranger("sh", ["-c", "setsid sh -c 'sleep 100 & echo $!; wait' & wait"]);
    const grandchild = Number(stranger.line);
    expect(
      await endTree({ pid: stranger.pid, startTicks: ticksOf(stranger.pid) }, { signal: "SIGTERM", graceMs: 5000 }),
    ).toEqual({ result: "ended" });
    expect(alive(grandchild)).toBe(false);
  });
  test("ends a process that is stopped", async () => {
    await using stranger = await startStranger("sh", ["-c", "echo up; exec sleep 100"]);
    signalProcess({ pid: stranger.pid }, "SIGSTOP");
    await until(() => readStat(stranger.pid)?.state === "T");
    const began = performance.now();
    expect(await endTree({ pid: stranger.pid }, { signal: "SIGTERM", graceMs: 20_000 })).toEqual({ result: "ended" });
    expect(performance.now() - began).toBeLessThan(10_000);
  });
  test("kills what does not listen, after the grace or when hurried", async () => {
    for (const hurry of [undefined, AbortSignal.abort()]) {
      await using deaf = await startNode(
        `process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1e6);`,
      );
      const ending = {
        signal: "SIGTERM",
        graceMs: hurry === undefined ? 50 : 20_000,
        ...(hurry === undefined ? {} : { hurry }),
      } as const;
      expect(await endTree({ pid: deaf.pid }, ending)).toEqual({ result: "ended" });
      expect(alive(deaf.pid)).toBe(false);
    }
  });
  test("refuses us and our ancestors", async () => {
    expect(await endTree({ pid: process.ppid }, { signal: "SIGKILL", graceMs: 1 })).toEqual({ result: "refused" });
    expect(await endTree({ pid: 1 }, { signal: "SIGKILL", graceMs: 1 })).toEqual({ result: "refused" });
  });
});
