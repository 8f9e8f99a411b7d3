import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { signalProcess } from "../../../src/effects/processes/signal.ts";
import { shellFault } from "../../../src/effects/processes/fault.ts";
import { type ForkServer, openForkServer } from "../../../src/effects/processes/fork-server.ts";
import { spawnService } from "../../../src/effects/processes/spawn.ts";
import type { Spawn } from "../../../src/effects/processes/spec.ts";
import { until } from "../ports/strangers.ts";

const tag = String(2n ** 61n + 12_345n);
let directory: string;
/** Who spawns in Node's place. */
let forks: ForkServer | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "launch-wrapper-"));
});
afterEach(async () => {
  await forks?.[Symbol.asyncDispose]();
  forks = undefined;
  rmSync(directory, { recursive: true });
});

const spawners = [
  { by: "Node", open: () => undefined },
  { by: "the fork server", open: openForkServer },
];

interface Ended {
  readonly exit: unknown;
  readonly said: string;
}

async function begin(spec: Partial<Spawn> & Pick<Spawn, "command">): Promise<{ pid: number; ended: Promise<Ended> }> {
  const log = join(directory, "log");
  const output = openSync(log, "a");
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const spawned = await spawnService(
    { cwd: directory, env: { PATH: process.env["PATH"] ?? "" }, stdin: "null", output, ...spec },
    (end) => resolve({ ...("exit" in end ? end : { exit: end }), said: readFileSync(log, "utf8") }),
    forks,
  );
  closeSync(output);
  if (!("pid" in spawned)) throw new Error(JSON.stringify(spawned));
  return { pid: spawned.pid, ended: promise };
}

async function run(spec: Partial<Spawn> & Pick<Spawn, "command">): Promise<Ended> {
  return (await begin(spec)).ended;
}

const said = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, "utf8");

describe.each(spawners)("a command with a tag that is spawned by $by", ({ open }) => {
  beforeEach(() => void (forks = open()));
  test.each([
    { name: "given as a list", command: { args: ["cat", "/proc/self/limits"] } },
    { name: "given as a string", command: { shell: "cat /proc/self/limits; :" } },
  ])("hands it to what it starts, $name", async ({ command }) => {
    const { exit, said } = await run({ command, tag });
    expect(exit).toEqual({ code: 0, signal: null });
    expect(said).toContain(`Max file locks            ${tag}`);
  });
  test("is itself the process that was spawned", async () => {
    const { pid, ended } = await begin({ command: { args: ["sleep", "100"] }, tag });
    await until(() => said(pid) === ["sleep", "100", ""].join("\0"));
    expect(signalProcess({ pid }, "SIGTERM")).toBe("sent");
    expect((await ended).exit).toEqual({ code: null, signal: "SIGTERM" });
  });
  test("gets its environment to the letter", async () => {
    const env = { PATH: process.env["PATH"] ?? "", "a.b-c": "x y", Z: "1\n2" };
    const script = "process.stdout.write(JSON.stringify(process.env))";
    const { said } = await run({ command: { args: [process.execPath, "-e", script] }, env, tag });
    expect(JSON.parse(said)).toEqual(env);
  });
});

describe("what cannot be started is said as without a wrapper", () => {
  const env = { PATH: "/usr/bin:/bin" };
  const output = 1;
  const nothing = (): void => {};
  test.each([
    { args: ["no-such-program"], fault: { kind: "command-not-found", command: "no-such-program" } },
    { args: ["./plain"], fault: { kind: "not-executable", command: "./plain" } },
  ])("$fault.kind", async ({ args, fault }) => {
    writeFileSync(join(directory, "plain"), "");
    const spec = { command: { args }, cwd: directory, env, stdin: "null", output, tag } as const;
    expect(await spawnService(spec, nothing)).toEqual(fault);
  });
  test("no-directory", async () => {
    const cwd = join(directory, "gone");
    for (const command of [{ args: ["true"] }, { shell: "true" }]) {
      const spec = { command, cwd, env, stdin: "null", output, tag } as const;
      expect(await spawnService(spec, nothing)).toEqual({ kind: "no-directory", path: cwd });
    }
  });
  test("an interpreter that is not there", async () => {
    writeFileSync(join(directory, "script"), "#!/no/such/interpreter\n", { mode: 0o755 });
    const command = { args: ["./script"] };
    const { exit } = await run({ command, tag });
    expect(exit).toEqual({ code: 127, signal: null });
    const fault = { kind: "command-not-found", command: "/no/such/interpreter" };
    expect(shellFault({ command, cwd: directory, env }, { code: 127, signal: null })).toEqual(fault);
  });
  test.each([
    {
      shell: "no-such-program --flag && true",
      code: 127,
      fault: { kind: "command-not-found", command: "no-such-program" },
    },
    { shell: "./plain --flag", code: 126, fault: { kind: "not-executable", command: "./plain" } },
    // Which of them it was, the shell alone can say.
    { shell: "true && no-such-program", code: 127, fault: { kind: "command-not-found" } },
    { shell: "./plain; no-such-program", code: 127, fault: { kind: "command-not-found" } },
  ])("what the shell cannot run of $shell", ({ shell, code, fault }) => {
    writeFileSync(join(directory, "plain"), "");
    const exit = { code, signal: null };
    expect(shellFault({ command: { shell }, cwd: directory, env }, exit)).toEqual({ command: shell, ...fault });
  });
  test("a program's own 127 is an exit like any other", () => {
    const exit = { code: 127, signal: null };
    expect(shellFault({ command: { args: ["sh"] }, cwd: directory, env }, exit)).toBeUndefined();
  });
});

describe("listening sockets are handed over", () => {
  const script = `
    for fd in 3 4 5; do grep -H flags /proc/$$/fdinfo/$fd 2>/dev/null; done
    echo "pid $([ "$LISTEN_PID" = $$ ] && echo right) $LISTEN_FDS $LISTEN_FDNAMES notify $NOTIFY_FD"
    readlink /proc/$$/fd/0 /proc/$$/fd/3 /proc/$$/fd/4 /proc/$$/fd/5; :`;

  test.each([
    { name: "alone", count: 1, status: false, stdin: "null" },
    { name: "to a command whose stdin stays open", count: 1, status: false, stdin: "open" },
    { name: "beside another and a file for notifications", count: 2, status: false, stdin: "null" },
    { name: "to a command whose status is kept", count: 1, status: true, stdin: "null" },
  ] as const)("$name", async ({ count, status, stdin }) => {
    const held = Array.from({ length: count }, () => new net.BoundSocket({ host: "127.0.0.1", port: 0 }));
    const sockets = held.map((socket, index) => ({ name: `s${index}`, fd: socket.fd() }));
    const notify = count === 2 ? openSync(join(directory, "notify"), "a") : undefined;
    const { exit, said } = await run({
      command: { shell: script },
      sockets,
      stdin,
      ...(notify !== undefined && { notify }),
      ...(status && { status: join(directory, "status") }),
    });
    expect(exit).toEqual({ code: 0, signal: null });
    // Of a socket or pipe the number does not matter. (In a pipeline the shell would have more open for a moment.)
    const lines = said
      .trim()
      .replaceAll(/:\[\d+\]$/gm, "")
      .split("\n");
    const flags = lines.filter((line) => line.includes("flags")).slice(0, count);
    // 04000 is O_NONBLOCK.
    expect(flags).toHaveLength(count);
    for (const line of flags) expect(Number.parseInt(line.split("\t")[1] ?? "", 8) & 0o4000).toBe(0);
    expect(lines).toContain(`pid right ${count} ${count === 1 ? "s0" : "s0:s1"} notify ${count === 2 ? "5" : ""}`);
    expect(lines.slice(-1 - count - (count === 2 ? 1 : 0)).slice(0, 1 + count)).toEqual([
      stdin === "null" ? "/dev/null" : expect.stringMatching(/^(pipe|socket)$/),
      ...held.map(() => "socket"),
    ]);
    for (const socket of held) socket.close();
    if (notify !== undefined) closeSync(notify);
  });
});

describe.each(spawners)("the status of a command that is spawned by $by is kept", ({ open }) => {
  beforeEach(() => void (forks = open()));
  const status = (): string => readFileSync(join(directory, "status"), "utf8").trim();
  test("as the code that it ended with", async () => {
    const { exit } = await run({ command: { shell: "exit 7" }, tag, status: join(directory, "status") });
    expect(exit).toEqual({ code: 7, signal: null });
    expect(status()).toBe("7");
  });
  test("also when the whole group was told to end, and the command took its time", async () => {
    const command = { shell: "trap 'sleep 0.2; exit 9' TERM; echo up; while :; do sleep 0.01; done" };
    const { pid, ended } = await begin({ command, status: join(directory, "status") });
    await until(() => readFileSync(join(directory, "log"), "utf8").includes("up"));
    signalProcess({ pid, group: true }, "SIGTERM");
    expect((await ended).exit).toEqual({ code: 9, signal: null });
    expect(status()).toBe("9");
  });
  test.each(["TERM", "ABRT", "KILL"])("without a word of the shell's own about SIG%s", async (signal) => {
    const command = { args: ["sh", "-c", `echo out; echo err >&2; kill -${signal} $$`] };
    expect((await run({ command, status: join(directory, "status") })).said).toBe("out\nerr\n");
  });
  test("and what cannot be run is said in its output", async () => {
    writeFileSync(join(directory, "script"), "#!/no/such/interpreter\n", { mode: 0o755 });
    const { exit, said } = await run({ command: { args: ["./script"] }, status: join(directory, "status") });
    expect(exit).toEqual({ code: 127, signal: null });
    expect(said).toContain("script");
  });
  test("a death by a signal is passed on as one", async () => {
    const { exit } = await run({ command: { shell: "kill -SEGV $$" }, status: join(directory, "status") });
    expect(exit).toEqual({ code: null, signal: "SIGSEGV" });
    expect(status()).toBe("139");
  });
});
