import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NodeSignal } from "../../../src/core/service.ts";
import type { Ending } from "../../../src/core/state.ts";
import { type ForkServer, openForkServer } from "../../../src/effects/processes/fork-server.ts";
import { isAlive, readStat } from "../../../src/effects/processes/proc.ts";
import { signalProcess } from "../../../src/effects/processes/signal.ts";
import { spawnService } from "../../../src/effects/processes/spawn.ts";
import type { Spawn } from "../../../src/effects/processes/spec.ts";
import { until } from "../ports/strangers.ts";

let directory: string;
let forks: ForkServer;
const begun = new Set<number>();
/** No test's tags are another's: what has ended may have them a moment longer. */
let tags = 2n ** 61n + (BigInt(process.pid) << 20n);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "launch-forks-"));
  forks = openForkServer();
  tags += 1000n;
});
afterEach(async () => {
  for (const pid of begun) if (isAlive(readStat(pid))) process.kill(pid, "SIGKILL");
  begun.clear();
  await forks[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

/** Begins a service in this shell; `log` answers what it has said. */
async function begin(shell: string, spec: Partial<Spawn> = {}, instance = 1) {
  const file = join(directory, `log-${instance}`);
  const output = openSync(file, "a");
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  const spawned = await spawnService(
    {
      command: { shell },
      cwd: directory,
      env: { PATH: process.env["PATH"] ?? "" },
      stdin: "null",
      output,
      tag: String(tags + BigInt(instance)),
      ...spec,
    },
    resolve,
    forks,
  );
  closeSync(output);
  if (!("pid" in spawned)) throw new Error(JSON.stringify(spawned));
  begun.add(spawned.pid);
  return { ...spawned, ended, log: () => readFileSync(file, "utf8") };
}

const parentOf = (pid: number): number | undefined => readStat(pid)?.ppid;

test("a service is the fork server's child, leads its session, and its start is known", async () => {
  const { pid, startTicks } = await begin("exec sleep 1000");
  expect(readStat(pid)).toMatchObject({ ppid: forks.process?.pid, group: pid, session: pid, startTicks });
});

test("a service ignores and blocks no signal and has no descriptor but its three", async () => {
  const { ended, log } = await begin("grep Sig[IB] /proc/self/status; for fd in /proc/$$/fd/?; do readlink $fd; done");
  await ended;
  const file = join(directory, "log-1");
  const signals = ["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"];
  expect(log().trim().split("\n")).toEqual([...signals, "/dev/null", file, file]);
});

test("what it says is appended, in order, to a file that was deleted as well", async () => {
  const file = join(directory, "log-1");
  const output = openSync(file, "a+");
  rmSync(file);
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const spec = { command: { shell: "echo one; echo two >&2; echo three" }, cwd: "/", env: {}, output } as const;
  await spawnService({ ...spec, stdin: "null", tag: String(2n ** 61n) }, resolve, forks);
  expect(await promise).toEqual({ exit: { code: 0, signal: null } });
  expect(readFileSync(`/proc/self/fd/${output}`, "utf8")).toBe("one\ntwo\nthree\n");
  closeSync(output);
});

test.each([
  ["exit 0", { code: 0, signal: null }],
  ["exit 255", { code: 255, signal: null }],
  ["exit 137", { code: 137, signal: null }],
  ["kill -KILL $$", { code: null, signal: "SIGKILL" }],
  ["kill -ABRT $$", { code: null, signal: "SIGABRT" }],
  ["kill -34 $$", { code: null, signal: "signal 34" }],
])("%s is told as it was", async (shell, exit) => {
  expect(await (await begin(shell)).ended).toEqual({ exit });
});

test("killed with its engine it ends, though it was stopped", async () => {
  const module = new URL("../../../src/effects/processes/fork-server.ts", import.meta.url).href;
  const script = `const { openForkServer } = await import(${JSON.stringify(module)});
    const forks = openForkServer();
    await forks.spawn({ tag: "1", command: { shell: "true" }, cwd: "/", env: {}, stdin: "null", output: 1 }, () => {});
    console.log(forks.process.pid);
    setInterval(() => {}, 1000);`;
  const engine = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(engine.stdout, "data")) as [Buffer];
  const pid = Number(String(said));
  begun.add(pid);
  process.kill(pid, "SIGSTOP");
  engine.kill("SIGKILL");
  await until(() => !isAlive(readStat(pid)));
});

test("an open stdin waits until we end, and one service's way of reading is not another's", async () => {
  const reader = await begin("read line; echo over", { stdin: "open" });
  // Makes its stdin one that does not block.
  const script = "process.stdin.on('end', () => console.log('over')); process.stdin.resume(); console.log('up')";
  const other = await begin(`${process.execPath} -e "${script}"`, { stdin: "open" }, 2);
  await until(() => other.log().includes("up"));
  expect(reader.log()).toBe("");
  // Also without the fork server, which others may end.
  process.kill(forks.process?.pid ?? 0, "SIGKILL");
  await until(() => !isAlive(readStat(forks.process?.pid ?? 0)));
  execFileSync("true");
  expect([reader.log(), other.log()]).toEqual(["", "up\n"]);
  await forks[Symbol.asyncDispose]();
  await until(() => reader.log() === "over\n" && other.log() === "up\nover\n");
});

test("an end is told though the fork server was stopped, and nothing is asked of it", async () => {
  const { pid, ended } = await begin("exec sleep 1000");
  process.kill(forks.process?.pid ?? 0, "SIGSTOP");
  process.kill(pid, "SIGKILL");
  expect(await ended).toEqual({ exit: { code: null, signal: "SIGKILL" } });
});

test("of a hundred at once each is told of, each with its own end", async () => {
  const all = await Promise.all(Array.from({ length: 100 }, (_, code) => begin(`exit ${code}`, {}, code)));
  expect(new Set(all.map(({ pid }) => pid)).size).toBe(100);
  expect(await Promise.all(all.map(({ ended }) => ended))).toEqual(
    all.map((_, code) => ({ exit: { code, signal: null } })),
  );
});

test("long environments and odd names arrive to the letter", async () => {
  const env = { PATH: process.env["PATH"] ?? "", "a.b": "ä\n", LONG: "x".repeat(100_000), EMPTY: "", PERL5OPT: "-w" };
  const command = { args: [process.execPath, "-p", "JSON.stringify(process.env)"] };
  const { ended, log } = await begin("", { env, command });
  await ended;
  expect(JSON.parse(log())).toEqual(env);
});

test.each([
  ["a script without a first line of its own", "echo script $1", { exit: { code: 0, signal: null } }, "script arg\n"],
  [
    "a program for another machine",
    "\u007fELF\u0002\u0001\u0001\n\0\0\ntouch ran\n",
    { exit: { code: 126, signal: null } },
    "./file: Exec format error\n",
  ],
])("%s is taken for what it is", async (_, content, end, said) => {
  writeFileSync(join(directory, "file"), content, { mode: 0o755 });
  const { ended, log } = await begin("", { command: { args: ["./file", "arg"] } });
  expect(await ended).toEqual(end);
  expect(log()).toBe(said);
  expect(existsSync(join(directory, "ran"))).toBe(false);
});

test("a program is looked for where its own PATH says, and one that is given too much is refused as Node refuses it", async () => {
  writeFileSync(join(directory, "own"), "echo own", { mode: 0o755 });
  const env = { PATH: `/nowhere::${directory}`, LONG: "" };
  const { ended, log } = await begin("", { env, cwd: "/", command: { args: ["own"] } });
  await ended;
  expect(log()).toBe("own\n");
  const command = { args: ["own"] };
  await expect(begin("", { env: { ...env, LONG: "x".repeat(200_000) }, command }, 2)).rejects.toThrow("E2BIG");
  const much = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`MUCH${n}`, "x".repeat(100_000)]));
  await expect(begin("", { env: { ...env, ...much }, command }, 3)).rejects.toThrow("E2BIG");
});

test.each([
  ["says nothing", "exec sleep 1000"],
  ["never ends a line", String.raw`exec tr '\0' x </dev/zero`],
])("something else that is called perl and %s is done without, and does not stay", async (_, script) => {
  const before = process.env["PATH"];
  writeFileSync(join(directory, "perl"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env["PATH"] = `${directory}:${before}`;
  await using other = openForkServer();
  process.env["PATH"] = before;
  await until(() => !isAlive(readStat(other.process?.pid ?? 0)));
  const spec = { command: { shell: "true" }, cwd: "/", env: {}, stdin: "null", output: 1, tag: "1" } as const;
  expect(await other.spawn(spec, () => {})).toBeUndefined();
});

test("one that answers one after the other is not killed for the length of the queue", async () => {
  // As slow as on a machine that has much else to do; Node spawns what it fails to.
  const slow = String.raw`#!/usr/bin/perl
    $| = 1; binmode STDIN; print "ready 0\n";
    while (my $length = <STDIN>) { read STDIN, my $request, $length; select undef, undef, undef, 0.3;
      print 'failed ', (split /\0/, $request)[0], "\n" }`;
  const before = process.env["PATH"];
  writeFileSync(join(directory, "perl"), slow, { mode: 0o755 });
  process.env["PATH"] = `${directory}:${before}`;
  await using other = openForkServer(undefined, 1000);
  process.env["PATH"] = before;
  const spec = { command: { shell: "true" }, cwd: "/", env: {}, stdin: "null", output: 1, tag: "1" } as const;
  await Promise.all(Array.from({ length: 10 }, () => other.spawn(spec, () => {})));
  expect(isAlive(readStat(other.process?.pid ?? 0))).toBe(true);
});

test("one that answers nothing that is asked of it is killed", async () => {
  const before = process.env["PATH"];
  writeFileSync(join(directory, "perl"), "#!/bin/sh\necho ready 0\nexec sleep 1000\n", { mode: 0o755 });
  process.env["PATH"] = `${directory}:${before}`;
  await using other = openForkServer(undefined, 100);
  process.env["PATH"] = before;
  const spec = { command: { shell: "true" }, cwd: "/", env: {}, stdin: "null", output: 1, tag: "1" } as const;
  expect(await other.spawn(spec, () => {})).toBeUndefined();
  expect(isAlive(readStat(other.process?.pid ?? 0))).toBe(false);
});

test("stopped, it is woken by whoever waits for it", async () => {
  await begin("true");
  process.kill(forks.process?.pid ?? 0, "SIGSTOP");
  const { pid } = await begin("exec sleep 1000", {}, 2);
  expect(parentOf(pid)).toBe(forks.process?.pid);
});

describe("a signal to a group", () => {
  const family = "sleep 1000 & echo $! >child; wait";
  const childOf = async (): Promise<number> => {
    const file = join(directory, "child");
    await until(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"));
    return Number(readFileSync(file, "utf8"));
  };

  test("reaches all of it and nobody else", async () => {
    const service = await begin(family);
    const other = await begin("exec sleep 1000", {}, 2);
    const child = await childOf();
    forks.signalGroup(service.pid, "SIGTERM", expect.fail);
    expect(await service.ended).toEqual({ exit: { code: null, signal: "SIGTERM" } });
    await until(() => !isAlive(readStat(child)));
    expect(isAlive(readStat(other.pid))).toBe(true);
  });

  test("of many that are sent together each arrives, whichever it is", async () => {
    const many = await Promise.all(Array.from({ length: 40 }, (_, at) => begin("exec sleep 1000", {}, at + 1)));
    const signalOf = (at: number): NodeSignal => (at % 3 === 0 ? "SIGINT" : "SIGTERM");
    for (const [at, { pid }] of many.entries()) forks.signalGroup(pid, signalOf(at), expect.fail);
    const ends = await Promise.all(many.map(({ ended }) => ended));
    expect(ends).toEqual(many.map((_, at) => ({ exit: { code: null, signal: signalOf(at) } })));
  });

  test("is not sent to who has ended, to a stranger, or where the system knows no such signal", async () => {
    const service = await begin("true");
    await service.ended;
    const other = await begin("exec sleep 1000", {}, 2);
    let refused = 0;
    const refuse = (): void => void (refused += 1);
    forks.signalGroup(service.pid, "SIGTERM", refuse);
    forks.signalGroup(process.pid, "SIGTERM", refuse);
    forks.signalGroup(other.pid, "SIGNOTHING", refuse);
    expect(refused).toBe(3);
    expect(isAlive(readStat(other.pid))).toBe(true);
  });

  test("arrives though the fork server was stopped", async () => {
    const service = await begin("exec sleep 1000");
    process.kill(forks.process?.pid ?? 0, "SIGSTOP");
    forks.signalGroup(service.pid, "SIGTERM", expect.fail);
    expect(await service.ended).toEqual({ exit: { code: null, signal: "SIGTERM" } });
  });

  test("is left to whoever asks when the leader has ended meanwhile, for others of the group may live", async () => {
    const service = await begin(family);
    const child = await childOf();
    process.kill(forks.process?.pid ?? 0, "SIGSTOP");
    process.kill(service.pid, "SIGKILL");
    await until(() => !isAlive(readStat(service.pid)));
    forks.signalGroup(service.pid, "SIGTERM", () => {
      signalProcess({ pid: service.pid, group: true, anyUser: true }, "SIGTERM");
    });
    expect(await service.ended).toEqual({ exit: { code: null, signal: "SIGKILL" } });
    await until(() => !isAlive(readStat(child)));
  });

  test("arrives though the fork server was killed before it could send it", async () => {
    const service = await begin(family);
    const child = await childOf();
    process.kill(forks.process?.pid ?? 0, "SIGSTOP");
    forks.signalGroup(service.pid, "SIGTERM", () => {
      signalProcess({ pid: service.pid, group: true, anyUser: true }, "SIGTERM");
    });
    process.kill(forks.process?.pid ?? 0, "SIGKILL");
    expect(await service.ended).toEqual({ failure: { kind: "unwatched" } });
    await until(() => !isAlive(readStat(child)));
  });
});

test("a NUL in what is handed over harms nobody and is refused as Node refuses it", async () => {
  await expect(begin("true", { env: { PATH: "/bin", ODD: "a\0b" } })).rejects.toThrow(/null bytes/);
  expect(await (await begin("exit 3", {}, 2)).ended).toEqual({ exit: { code: 3, signal: null } });
});

test("a directory that is not there is said as Node says it", async () => {
  const spec = { command: { shell: "true" }, cwd: join(directory, "gone"), env: {}, stdin: "null", output: 1 } as const;
  expect(await spawnService({ ...spec, tag: String(2n ** 61n) }, () => {}, forks)).toEqual({
    kind: "no-directory",
    path: spec.cwd,
  });
});

test("when it is killed its services go on, their ends are seen, and Node spawns", async () => {
  const service = await begin("until [ -e go ]; do sleep 0.02; done");
  process.kill(forks.process?.pid ?? 0, "SIGKILL");
  await until(() => parentOf(service.pid) !== forks.process?.pid);
  const next = await begin("exec sleep 1000", {}, 2);
  expect(parentOf(next.pid)).toBe(process.pid);
  expect(isAlive(readStat(service.pid))).toBe(true);
  process.kill(service.pid, "SIGKILL");
  expect(await service.ended).toEqual({ failure: { kind: "unwatched" } });
});

test("killed before it could answer, nothing lives twice", async () => {
  await begin("true");
  process.kill(forks.process?.pid ?? 0, "SIGSTOP");
  const coming = begin("echo up; exec sleep 1000", {}, 2);
  process.kill(forks.process?.pid ?? 0, "SIGKILL");
  const service = await coming;
  await until(() => service.log() !== "");
  expect(parentOf(service.pid)).toBe(process.pid);
  expect(service.log()).toBe("up\n");
});

test("signals to it do nothing, and disposing ends it and nothing else", async () => {
  const service = await begin("exec sleep 1000");
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.kill(forks.process?.pid ?? 0, signal);
  await begin("true", {}, 2);
  await forks[Symbol.asyncDispose]();
  expect(isAlive(readStat(forks.process?.pid ?? 0))).toBe(false);
  expect(isAlive(readStat(service.pid))).toBe(true);
});

test.each([
  ["without Perl", undefined],
  ["where Perl ends at once", "exit 1"],
  ["where something else is called so", "exec sleep 1000"],
])("%s Node spawns", async (_, program) => {
  await forks[Symbol.asyncDispose]();
  const { PATH } = process.env;
  if (program !== undefined) writeFileSync(join(directory, "perl"), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
  process.env["PATH"] = `${directory}:${program === undefined ? "" : PATH}`;
  forks = openForkServer();
  process.env["PATH"] = PATH;
  const { pid } = await begin("exec sleep 1000");
  expect(parentOf(pid)).toBe(process.pid);
});
