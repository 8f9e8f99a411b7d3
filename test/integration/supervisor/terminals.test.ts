// Services in a terminal of their own, and whoever joins it.

import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Attachment } from "../../../src/effects/processes/audience.ts";
import { startEngine } from "../../helpers/engine.ts";
import { isAlive } from "../../helpers/processes.ts";
import { newProject } from "../../helpers/project.ts";
import { until } from "../../helpers/wait.ts";

/** A service that runs this program of Node's in a terminal. */
const inTerminal = (script: string, more: object = {}): object => ({
  command: ["node", "-e", script],
  tty: true,
  restart: "no",
  ...more,
});

/** What an attachment shows. */
const newScreen = (attachment: Attachment): { sees(text: string): Promise<void>; shown(): string } => {
  let shown = "";
  attachment.onData((bytes) => (shown += bytes.toString()));
  return {
    sees: (text) =>
      until(
        JSON.stringify(text),
        () => shown.includes(text),
        () => shown,
      ),
    shown: () => shown,
  };
};

const stays = "setInterval(() => {}, 1e6);";

describe("a service with `tty: true`", () => {
  test("sees a terminal, leads its session, and what it shows is in its log", async () => {
    const script = `console.log(process.stdin.isTTY, process.stdout.isTTY, process.env.TERM, process.env.FORCE_COLOR); ${stays}`;
    await using project = newProject({ services: { app: inTerminal(script, { env: { TERM: null } }) } });
    await using engine = await startEngine(project);
    const { pid } = await engine.events.state("app", "ready");
    await engine.events.find({ type: "log", line: "true true undefined undefined" });
    expect(readFileSync(`/proc/${pid}/stat`, "utf8").split(" ").slice(4, 6)).toEqual([String(pid), String(pid)]);
    expect(project.read(".launch/logs/app.log")).toBe("true true undefined undefined\r\n");
    expect(await engine.stop()).toBe(0);
  });

  test("reads what is typed, sees the size that fits all, and shows it to all", async () => {
    const script = `
      const size = () => console.log("size " + process.stdout.columns + "x" + process.stdout.rows);
      process.stdout.on("resize", size);
      process.stdin.on("data", (typed) => console.log("got " + typed.toString().trim()));
      size();`;
    await using project = newProject({ services: { app: inTerminal(script) } });
    await using engine = await startEngine(project);
    await engine.events.find({ type: "log", line: "size 120x40" });
    using one = engine.attach("app", { columns: 100, rows: 30 });
    const first = newScreen(one);
    await first.sees("size 120x40\r\nsize 100x30\r\n");
    using two = engine.attach("app", { columns: 200, rows: 20 });
    const second = newScreen(two);
    await second.sees("size 100x20");
    one.resize(90, 30);
    await second.sees("size 90x20");
    two.write(Buffer.from("hello\r"));
    await first.sees("got hello");
    await second.sees("got hello");
    two[Symbol.dispose]();
    await first.sees("size 90x30");
    await two.closed;
    expect(await engine.stop()).toBe(0);
    await one.closed;
  });

  test("is stopped by its signal, or killed at the end of the grace", async () => {
    const asked = `process.on("SIGINT", () => { console.log("asked"); process.exit(0); }); console.log("up"); ${stays}`;
    const deaf = `process.on("SIGTERM", () => console.log("deaf")); process.on("SIGHUP", () => {}); console.log("up"); ${stays}`;
    await using project = newProject({
      services: {
        asked: inTerminal(asked, { stop: { signal: "SIGINT" }, ready: { log: "up" } }),
        deaf: inTerminal(deaf, { stop: { timeout: "200ms" }, ready: { log: "up" } }),
      },
    });
    await using engine = await startEngine(project);
    await engine.events.state("asked", "ready");
    const { pid } = await engine.events.state("deaf", "ready");
    await engine.stop();
    expect(project.read(".launch/logs/asked.log")).toBe("up\r\nasked\r\n");
    expect(project.read(".launch/logs/deaf.log")).toBe("up\r\ndeaf\r\n");
    expect(isAlive(Number(pid))).toBe(false);
  });

  test("ends with its code or signal", async () => {
    await using project = newProject({
      services: {
        code: inTerminal("process.exit(3)"),
        signal: inTerminal("process.kill(process.pid, 'SIGKILL')"),
        shell: { command: "exit 4", tty: true, restart: "no" },
      },
    });
    await using engine = await startEngine(project, { onFailure: "continue" });
    expect(await engine.events.state("code", "failed")).toMatchObject({ reason: expect.stringContaining("code 3") });
    expect(await engine.events.state("shell", "failed")).toMatchObject({ reason: expect.stringContaining("code 4") });
    expect(await engine.events.state("signal", "failed")).toMatchObject({
      reason: expect.stringContaining("SIGKILL"),
    });
  });

  test("that cannot be started says why as any other does", async () => {
    await using project = newProject(
      {
        services: {
          missing: { command: ["no-such-program"], tty: true },
          spelled: { command: "no-such-program --x", tty: true },
          plain: { command: ["./plain"], tty: true },
          nowhere: { command: "true", working_dir: "nowhere", tty: true },
        },
      },
      { plain: "no program" },
    );
    await using engine = await startEngine(project, { onFailure: "continue" });
    const reason = async (service: string): Promise<unknown> => (await engine.events.state(service, "failed")).reason;
    expect(await reason("missing")).toBe("command not found: no-such-program");
    expect(await reason("spelled")).toBe("command not found: no-such-program");
    expect(await reason("plain")).toBe("not executable: ./plain");
    expect(await reason("nowhere")).toContain("no such directory: ");
  });

  test("has all of its output in its log, in order, although it ends at once after it", async () => {
    const lines = 30_000;
    const script = `let text = ""; for (let i = 0; i < ${lines}; i++) text += "line " + i + " of what it has to say\\n"; process.stdout.write(text);`;
    await using project = newProject({ services: { app: inTerminal(script, { type: "task" }) } });
    await using engine = await startEngine(project);
    await engine.ended;
    const log = project.read(".launch/logs/app.log");
    const expected = Array.from({ length: lines }, (_, i) => `line ${i} of what it has to say\r\n`).join("");
    expect(log.length).toBeGreaterThan(1_000_000);
    expect(log === expected).toBe(true);
  });
});

test("no service inherits another's terminal", async () => {
  await using project = newProject({
    services: {
      app: inTerminal(stays),
      other: { command: ["node", "-e", stays], depends_on: ["app"] },
    },
  });
  await using engine = await startEngine(project);
  const { pid } = await engine.events.state("other", "ready");
  const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  expect(open.filter((path) => path.includes("ptmx"))).toEqual([]);
});

test("keys that the program does not read hold up nobody else", async () => {
  const script = `process.stdin.setRawMode(true); process.stdin.pause(); console.log("raw"); ${stays}`;
  await using project = newProject({ services: { app: inTerminal(script, { ready: { log: "raw" } }) } });
  await using engine = await startEngine(project);
  await engine.events.state("app", "ready");
  using attachment = engine.attach("app");
  const began = performance.now();
  attachment.write(Buffer.alloc(500_000, "x"));
  await sleep(1);
  expect(performance.now() - began).toBeLessThan(1000);
});

test("whoever cannot join is told why", async () => {
  await using project = newProject({
    services: { plain: { command: ["node", "-e", stays] }, task: { command: "exit 0", type: "task", tty: true } },
  });
  await using engine = await startEngine(project);
  await engine.events.state("plain", "ready");
  await engine.events.state("task", "exited");
  expect(() => engine.attach("plain")).toThrow("plain has no terminal of its own: give it `tty: true`");
  expect(() => engine.attach("task")).toThrow("task is not running");
  expect(() => engine.attach("nobody")).toThrow("there is no service nobody");
});

test("a terminal is closed when its run is over, also when a stranger still has it open", async () => {
  await using project = newProject({
    services: { app: { command: "setsid sleep 1000 & echo up; exec sleep 1000", tty: true, ready: { log: "up" } } },
  });
  await using engine = await startEngine(project);
  await engine.events.state("app", "ready");
  using attachment = engine.attach("app");
  await until("the stranger", () => project.processes().filter(({ command }) => command === "sleep 1000").length === 2);
  engine.request({ type: "down", services: ["app"] });
  await attachment.closed;
});
