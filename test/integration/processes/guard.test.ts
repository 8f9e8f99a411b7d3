import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sweeperProgram } from "../../../src/cli/sweeper-program.ts";
import { type Guard, openGuard } from "../../../src/effects/processes/guard.ts";
import { lockInstance } from "../../../src/effects/ports/leases.ts";
import { listStats, readStat } from "../../../src/effects/processes/proc.ts";
import { newInstance } from "../../../src/effects/processes/tag.ts";
import { escapees, openZoo, type Zoo } from "../../helpers/escapees.ts";

/** As long as a machine may take that does much else. */
async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error("waited twenty seconds in vain");
    await sleep(5);
  }
}

let zoo: Zoo;
let directory: string;
beforeEach(() => {
  zoo = openZoo();
  directory = realpathSync(mkdtempSync(join(tmpdir(), "launch-guard-")));
});
afterEach(() => {
  zoo[Symbol.dispose]();
  rmSync(directory, { recursive: true });
});

const alive = (pid: number): boolean => !["Z", "X", undefined].includes(readStat(pid)?.state);

const ignoresTerm = (pid: number): boolean => hasSignal("SigIgn", pid, 15);
const catchesHangup = (pid: number): boolean => hasSignal("SigCgt", pid, 1);

function hasSignal(set: string, pid: number, signal: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const signals = new RegExp(`^${set}:\\s+(\\w+)`, "m").exec(status)?.[1];
  return (Number.parseInt(signals?.slice(-8) ?? "0", 16) & (1 << (signal - 1))) !== 0;
}

/** An engine of nothing but a guard and the groups that it is told of, in a process of its own. */
interface Engine {
  readonly pid: number;
  readonly guard: number;
  /** The fork server's, or 0. */
  readonly forks: number;
  readonly services: readonly number[];
}

interface EngineOptions {
  readonly commands: readonly (readonly string[])[];
  readonly graceMs?: number;
  readonly node?: string;
  readonly mode?: "reclaim";
  readonly reclaim?: readonly string[];
  readonly stale?: boolean;
  /** A fork server begins its services, and wakes the guard at its end. */
  readonly hasForks?: boolean;
  /** The places of those that the guard is told are gone. */
  readonly gone?: readonly number[];
}

async function startEngine({
  commands,
  graceMs = 300,
  node = process.execPath,
  ...rest
}: EngineOptions): Promise<Engine> {
  const source = (path: string): string => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);
  const script = `
    import { openSync } from "node:fs";
    import { openGuard } from ${source("effects/processes/guard.ts")};
    import { spawnService } from ${source("effects/processes/spawn.ts")};
    import { openForkServer } from ${source("effects/processes/fork-server.ts")};
    import { listStats, readStat } from ${source("effects/processes/proc.ts")};
    import { formatTag } from ${source("effects/processes/tag.ts")};
    const { commands, graceMs, node, instance, directory, sweeper, reclaim, mode, stale, gone = [], hasForks } = ${JSON.stringify(
      {
        commands,
        graceMs,
        node,
        directory,
        sweeper: sweeperProgram(),
        instance: newInstance(),
        ...rest,
      },
    )};
    const since = readStat(process.pid).startTicks;
    Object.defineProperty(process, "execPath", { value: node });
    const engine = { pid: process.pid, startTicks: since };
    const remove = [directory + "/control.sock"];
    const plan = { instance, marker: { start: "t/", end: "/" + process.pid }, since, spare: [], engine, remove, directory, keepFiles: [] };
    const guard = openGuard({ sweeper, plan, onLost() {}, ...(reclaim && { reclaim }) });
    if (mode) guard.mode(mode);
    const forks = hasForks ? openForkServer() : undefined;
    forks?.wakeAtEnd(guard.process);
    const services = [];
    for (const [index, args] of commands.entries()) {
      const { pid, startTicks } = await spawnService({ command: { args }, cwd: "/", env: {}, stdin: "null",
        output: openSync("/dev/null", "a"), tag: stale ? undefined : formatTag({ instance, service: index, run: 1 }) }, () => {}, forks);
      guard.add({ pid, startTicks: stale ? startTicks - 1 : startTicks, signal: "SIGTERM", graceMs });
      services.push(pid);
    }
    for (const place of gone) guard.remove(services[place]);
    // It is told in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    console.log(JSON.stringify({ pid: process.pid, guard: guard.process.pid, forks: forks?.process.pid ?? 0, services, since }));
    setInterval(() => {}, 1e6);`;
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const engine = JSON.parse(line.toString()) as Engine & { readonly since: number };
  writeFileSync(join(directory, "run.json"), JSON.stringify({ pid: engine.pid, startTicks: engine.since }));
  writeFileSync(join(directory, "control.sock"), "");
  return engine;
}

describe("once the engine has been killed", () => {
  test("nothing of its services is left, wherever they went", async () => {
    const engine = await startEngine({ commands: escapees.map((kind) => zoo.command(kind)) });
    await until(() => zoo.living().length >= 2 * escapees.length);
    process.kill(engine.pid, "SIGKILL");
    await until(() => !alive(engine.guard));
    expect(zoo.living()).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });
  test.each(["SIGTERM", "SIGKILL"] as const)(
    "a sweeper that gets %s has done its work all the same",
    async (signal) => {
      const engine = await startEngine({ commands: [zoo.command("is a daemon that ignores SIGTERM")], graceMs: 1000 });
      await until(() => zoo.living().length === 2);
      process.kill(engine.pid, "SIGKILL");
      const sweepers = (): readonly number[] =>
        listStats().flatMap(({ pid, ppid, state }) => (ppid === engine.guard && state !== "Z" ? [pid] : []));
      // Node itself catches the others.
      await until(() => sweepers().some(catchesHangup));
      for (const pid of sweepers()) process.kill(pid, signal);
      await until(() => !alive(engine.guard));
      expect(zoo.living()).toEqual([]);
    },
  );
  test("services that obey are told at once, before the sweeper has begun", async () => {
    const engine = await startEngine({ commands: [zoo.command("stays in its group")], node: "/no/such/node" });
    await until(() => zoo.living().length === 2);
    process.kill(engine.pid, "SIGKILL");
    await until(() => zoo.living().length === 0);
    await until(() => !alive(engine.guard));
  });
  test("services that were stopped are continued, so that they end by their signal", async () => {
    const commands = [["/bin/sh", "-c", "kill -STOP $$; exec sleep 1000"]];
    const engine = await startEngine({ commands, node: "/no/such/node", graceMs: 3000 });
    const [service = 0] = engine.services;
    await until(() => readStat(service)?.state === "T");
    process.kill(engine.pid, "SIGKILL");
    await until(() => !alive(service));
    // It has not come to killing yet.
    expect(alive(engine.guard)).toBe(true);
    await until(() => !alive(engine.guard));
  });
  test("groups that it was told are gone are nobody it knows", async () => {
    const commands = ["1001", "1002", "1003", "1004"].map((seconds) => ["sleep", seconds]);
    const engine = await startEngine({ commands, node: "/no/such/node", gone: [3, 1] });
    process.kill(engine.pid, "SIGKILL");
    await until(() => !alive(engine.guard));
    expect(engine.services.map(alive)).toEqual([false, true, false, true]);
    for (const pid of engine.services) if (alive(pid)) process.kill(pid, "SIGKILL");
  });
  test("groups that do not obey are killed even where Node cannot be run any more", async () => {
    const deaf = ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"];
    const engine = await startEngine({ commands: [deaf], node: "/no/such/node" });
    const [service = 0] = engine.services;
    await until(() => readStat(service)?.name === "sh");
    process.kill(engine.pid, "SIGKILL");
    await until(() => !alive(engine.guard) && !alive(service));
  });
  test("a process that has got the number of a service is left alone, by the sweeper and by the shell", async () => {
    for (const node of [process.execPath, "/no/such/node"]) {
      const engine = await startEngine({ commands: [["sleep", "1000"]], graceMs: 0, node, stale: true });
      const [innocent = 0] = engine.services;
      await until(() => readStat(innocent)?.name === "sleep");
      process.kill(engine.pid, "SIGKILL");
      await until(() => !alive(engine.guard));
      expect(alive(innocent)).toBe(true);
      process.kill(innocent, "SIGKILL");
    }
  });
  test("nothing is removed while somebody else has the directory's lock", async () => {
    const engine = await startEngine({ commands: [] });
    {
      using _lock = await lockInstance(directory);
      process.kill(engine.pid, "SIGKILL");
      await until(() => !alive(engine.guard));
    }
    expect(readdirSync(directory).toSorted()).toEqual(["control.sock", "run.json"]);
  });
  test.each([
    ["and the guard was stopped before", (engine: Engine) => [engine.guard]],
    ["and guard and fork server were stopped before", (engine: Engine) => [engine.guard, engine.forks]],
  ])("nothing is left %s", async (_, stopped) => {
    const engine = await startEngine({ commands: [["sleep", "1000"]], hasForks: true });
    for (const pid of stopped(engine)) process.kill(pid, "SIGSTOP");
    await until(() => stopped(engine).every((pid) => readStat(pid)?.state === "T"));
    process.kill(engine.pid, "SIGKILL");
    await until(() => !alive(engine.guard) && !alive(engine.forks));
    expect(engine.services.filter(alive)).toEqual([]);
  });
  test("what belongs to an engine that came after stays", async () => {
    const engine = await startEngine({ commands: [] });
    writeFileSync(join(directory, "run.json"), JSON.stringify({ pid: 1, startTicks: 1 }));
    process.kill(engine.pid, "SIGKILL");
    await until(() => !alive(engine.guard));
    expect(readdirSync(directory).toSorted()).toEqual(["control.sock", "run.json"]);
  });
});

describe("in mode reclaim", () => {
  const sleeper = ["sleep", "1000"];
  test("the command takes over, in the engine's directory, and nothing is ended", async () => {
    const said = join(directory, "said");
    const script = `
      require("fs").writeFileSync(process.argv[1], process.cwd());
      console.log("taken");
      require("fs").closeSync(1);
      process.kill(process.pid, "SIGTERM");`;
    const reclaim = [process.execPath, "-e", script, said];
    const engine = await startEngine({ commands: [sleeper], mode: "reclaim", reclaim });
    const [service = 0] = engine.services;
    process.kill(engine.pid, "SIGKILL");
    await until(() => !alive(engine.guard));
    expect(alive(service)).toBe(true);
    expect(readFileSync(said, "utf8")).toBe(process.cwd());
    process.kill(service, "SIGKILL");
  });
  test.each([
    { name: "cannot be run", reclaim: ["/no/such/launch"] },
    { name: "ends without taking over", reclaim: ["/bin/sh", "-c", "exit 1"] },
  ])("everything is ended when the command $name", async ({ reclaim }) => {
    const engine = await startEngine({ commands: [sleeper], mode: "reclaim", reclaim });
    const [service = 0] = engine.services;
    process.kill(engine.pid, "SIGKILL");
    await until(() => !alive(engine.guard));
    expect(alive(service)).toBe(false);
  });
});

describe("a guard", () => {
  let lost = 0;
  const open = (): Guard => {
    lost = 0;
    const engine = { pid: process.pid };
    const plan = {
      marker: { start: "t/", end: "/1" },
      since: 0,
      spare: [],
      engine,
      remove: [],
      directory,
      keepFiles: [],
    };
    return openGuard({ sweeper: sweeperProgram(), plan, onLost: () => lost++ });
  };

  test("takes at most a megabyte, has a session of its own, and holds on to no directory", async () => {
    await using guard = open();
    const pid = guard.process?.pid ?? 0;
    for (let group = 2; group < 102; group++) guard.add({ pid: 4_000_000 + group, signal: "SIGTERM", graceMs: 1 });
    await until(() => readStat(pid)?.name === "sh" && readStat(pid)?.state === "S");
    expect(readStat(pid)).toMatchObject({ group: pid, session: pid });
    expect(execFileSync("readlink", [`/proc/${pid}/cwd`], { encoding: "utf8" }).trim()).toBe("/");
    expect(Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1])).toBeLessThan(1024);
    expect(readdirSync(`/proc/${pid}/fd`).filter((fd) => Number(fd) < 10)).toEqual(["0", "1", "2"]);
  });
  test("is woken when somebody has stopped it", async () => {
    await using guard = open();
    const pid = guard.process?.pid ?? 0;
    process.kill(pid, "SIGSTOP");
    await until(() => readStat(pid)?.state === "T");
    await until(() => readStat(pid)?.state !== "T");
  });
  test("lives on whatever signal it gets", async () => {
    await using guard = open();
    const pid = guard.process?.pid ?? 0;
    await until(() => ignoresTerm(pid));
    for (const signal of [
      "SIGHUP",
      "SIGINT",
      "SIGTERM",
      "SIGQUIT",
      "SIGTSTP",
      "SIGUSR1",
      "SIGUSR2",
      "SIGPIPE",
    ] as const) {
      process.kill(pid, signal);
    }
    await guard[Symbol.asyncDispose]();
    expect(lost).toBe(0);
    expect(alive(pid)).toBe(false);
  });
  test("that dies is replaced, and the new one knows what the old one knew", async () => {
    const engine = await startEngine({ commands: [["sleep", "1000"]] });
    const [service = 0] = engine.services;
    process.kill(engine.guard, "SIGKILL");
    const guardsOf = (pid: number): readonly number[] =>
      listStats().flatMap((stat) => (stat.ppid === pid && stat.name === "sh" ? [stat.pid] : []));
    await until(() => guardsOf(engine.pid).some((pid) => pid !== engine.guard));
    const [next = 0] = guardsOf(engine.pid);
    process.kill(engine.pid, "SIGKILL");
    await until(() => !alive(next));
    expect(alive(service)).toBe(false);
  });
  test("is replaced at once although it was killed before it could do anything", async () => {
    await using guard = open();
    const { pid = 0 } = guard.process ?? {};
    const killed = performance.now();
    process.kill(pid, "SIGKILL");
    await until(() => lost === 1);
    expect(performance.now() - killed).toBeLessThan(900);
    expect(guard.process?.pid).not.toBe(pid);
  });
  test("is replaced whenever it is killed, and each knows all that lives", async () => {
    // Where Node cannot be run, nothing is ended but the groups that the guard was told of.
    const commands = [zoo.command("stays in its group"), zoo.command("stays in its group")];
    const engine = await startEngine({ commands, node: "/no/such/node" });
    await until(() => zoo.living().length === 4);
    const killed = new Set<number>(engine.services);
    const guard = (): number | undefined =>
      listStats().find(({ ppid, name, pid }) => ppid === engine.pid && name === "sh" && !killed.has(pid))?.pid;
    // In its first moment, in the first of its successor's, and later.
    for (const pause of [0, 0, 30]) {
      await until(() => guard() !== undefined);
      const pid = guard() ?? 0;
      await sleep(pause);
      killed.add(pid);
      process.kill(pid, "SIGKILL");
    }
    await until(() => guard() !== undefined);
    const last = guard() ?? 0;
    process.kill(engine.pid, "SIGKILL");
    await until(() => !alive(last));
    expect(engine.services.filter(alive)).toEqual([]);
    expect(zoo.living()).toEqual([]);
  });
  test("that is lost is heard of", async () => {
    await using guard = open();
    const { pid = 0 } = guard.process ?? {};
    process.kill(pid, "SIGKILL");
    await until(() => lost === 1);
    expect(guard.process?.pid).not.toBe(pid);
  });
  test("is gone when it is told good-bye, and nothing is ended", async () => {
    const victim = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
    const guard = open();
    const { pid = 0 } = guard.process ?? {};
    const startTicks = readStat(victim.pid ?? 0)?.startTicks ?? 0;
    guard.add({ pid: victim.pid ?? 0, startTicks, signal: "SIGTERM", graceMs: 0 });
    await guard[Symbol.asyncDispose]();
    expect(alive(pid)).toBe(false);
    expect(alive(victim.pid ?? 0)).toBe(true);
    victim.kill("SIGKILL");
  });
});
