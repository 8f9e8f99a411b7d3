// The socket file, and faces that do anything but behave.

import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dialSession } from "../../../src/client/session.ts";
import { serveControl } from "../../../src/control/server.ts";
import { newProject } from "../../helpers/project.ts";
import { until, within } from "../../helpers/wait.ts";
import { serve, type Raw, type Serving } from "./serving.ts";

/** The directory of this user's runs, which is the same for all their sessions. */
const runs = join(process.platform === "linux" ? "/tmp" : tmpdir(), `launch-${process.getuid!()}`);
const oneService = { services: { api: { command: "serve.js", port: "dynamic" } } };

/** The run works, for a new face as well. */
async function isUnharmed(serving: Serving): Promise<void> {
  await using face = await serving.dial();
  await until("api to be ready", () => face.snapshot().members["api"]?.state.status === "ready");
  expect(await face.details("api")).toMatchObject({ command: "serve.js" });
}

function isClosed(raw: Raw): Promise<void> {
  return within("the connection to be closed", raw.closed, () => JSON.stringify(raw.heard.at(-1)));
}

/** Where the run of a state directory is reached that cannot have its socket beside it. */
function shortPath(directory: string): string {
  const { dev, ino } = statSync(directory);
  return join(runs, `${dev}-${ino}.sock`);
}

test("the socket is its owner's alone, and gone after the run", async () => {
  await using project = newProject(oneService);
  {
    await using serving = await serve(project);
    const path = project.path(".launch/control.sock");
    expect(serving.server).toMatchObject({ path });
    expect(statSync(path).isSocket()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(project.path(".launch")).filter((name) => name.startsWith("c-"))).toEqual([]);
  }
  expect(project.has(".launch/control.sock")).toBe(false);
});

test("what a dead engine left is replaced", async () => {
  await using project = newProject(oneService);
  mkdirSync(project.path(".launch"));
  writeFileSync(project.path(".launch/control.sock"), "");
  await using serving = await serve(project);
  await isUnharmed(serving);
});

test("the socket of an engine that came later is left alone", async () => {
  await using project = newProject(oneService);
  await using serving = await serve(project);
  await using later = await serveControl(serving.directory, serving.served);
  expect(later.path).toBe(project.path(".launch/control.sock"));
  await serving.server[Symbol.asyncDispose]();
  await isUnharmed(serving);
});

test("a state directory with a long path is reached by a short one, by every name that it has", async () => {
  await using project = newProject(oneService);
  await using serving = await serve(project);
  // One byte more than the system can hold, though fewer letters than that.
  const rest = 108 - Buffer.byteLength(`${project.path("éé")}/control.sock`);
  const long = project.path(`éé${"x".repeat(rest)}`);
  mkdirSync(long);
  mkdirSync(long.slice(0, -1));
  symlinkSync(long, project.path("short"));
  await using server = await serveControl(long, serving.served);
  expect(server.path).toBe(shortPath(long));
  expect(statSync(shortPath(long)).mode & 0o777).toBe(0o600);
  await using beside = await serveControl(long.slice(0, -1), serving.served);
  expect(beside.path).toBe(`${long.slice(0, -1)}/control.sock`);
  for (const name of [long, project.path("short")]) {
    await using face = await dialSession(name);
    expect(face?.about.root).toBe(project.directory);
  }
});

test("a run that can have no socket goes on without one, and says why", async () => {
  await using project = newProject(oneService);
  await using serving = await serve(project);
  mkdirSync(project.path("taken/control.sock/full"), { recursive: true });
  await using server = await serveControl(project.path("taken"), serving.served);
  expect(server.path).toBe(shortPath(project.path("taken")));
  await using none = await serveControl(project.path("nowhere"), serving.served);
  expect(none).not.toHaveProperty("path");
  expect(none.problem).toContain("No other command can reach this run");
});

test.each([
  ["garbage", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["bytes", Buffer.from([0, 255, 254, 10])],
  ["a line of 5 MB", Buffer.alloc(5 * 2 ** 20, "x")],
  ["a message of 5 MB", `${JSON.stringify({ type: "tty", data: "x".repeat(5 * 2 ** 20) })}\n`],
])("%s ends the connection and harms nobody", async (_, said) => {
  await using project = newProject(oneService);
  await using serving = await serve(project);
  const raw = await serving.raw();
  raw.socket.write(said);
  await isClosed(raw);
  await isUnharmed(serving);
});

test("what is no message, or names no service, is refused, and the next one is heard", async () => {
  await using project = newProject(oneService);
  await using serving = await serve(project);
  const raw = await serving.raw();
  raw.say({ type: "dance" });
  await raw.hear((message) => message.type === "refusal" && message.message.includes("because of type"));
  raw.say({ type: "ask", id: 3, question: { kind: "signal", service: "api", signal: 9 } });
  await raw.hear((message) => message.type === "refusal" && message.id === 3);
  for (const name of ["nobody", "__proto__", "constructor"]) {
    raw.say({ type: "request", request: { type: "up", services: ["api", name] } });
    await raw.hear((message) => message.type === "refusal" && message.message.endsWith(`called ${name}.`));
  }
  raw.say({ type: "tty", data: "aGVsbG8=" });
  raw.say({ type: "resize", columns: 1, rows: 1 });
  raw.say({ type: "ask", id: 4, question: { kind: "watching" } });
  await raw.hear((message) => message.type === "answer" && message.id === 4);
  raw.socket.destroy();
  await isUnharmed(serving);
});

test("a face that asks and does not read loses its connection, and the others notice nothing", async () => {
  await using project = newProject(oneService);
  await using serving = await serve(project);
  await using watcher = await serving.dial();
  const raw = await serving.raw();
  await until("api to be ready", () => watcher.snapshot().members["api"]?.state.status === "ready");
  await raw.hear((message) => message.type === "hello");
  raw.socket.pause();
  const questions = Array.from({ length: 60_000 }, (_, id) =>
    JSON.stringify({ type: "ask", id, question: { kind: "details", service: "api" } }),
  );
  raw.socket.write(`${questions.join("\n")}\n`);
  await isClosed(raw);
  expect(raw.heard.length).toBeLessThan(60_000);
  expect(await watcher.details("api")).toMatchObject({ command: "serve.js" });
  await isUnharmed(serving);
});

test("a face that dies in the middle of a word harms nobody", async () => {
  await using project = newProject(oneService);
  await using serving = await serve(project);
  const raw = await serving.raw();
  await raw.hear((message) => message.type === "hello");
  raw.say({ type: "ask", id: 1, question: { kind: "watching" } });
  await until("it to be there", () => serving.server.watchers === 1);
  raw.socket.write('{"type":"request","request":{"type":"quit"');
  raw.socket.destroy();
  await until("it to be gone", () => serving.server.watchers === 0);
  expect(serving.losses).toBe(0);
  await isUnharmed(serving);
});

test("a face that does not go is not waited for when the run is over", async () => {
  await using project = newProject(oneService);
  await using serving = await serve(project);
  const raw = await serving.raw();
  await raw.hear((message) => message.type === "hello");
  raw.socket.allowHalfOpen = true;
  await serving.run.stop();
  await serving.server[Symbol.asyncDispose]();
  await raw.hear((message) => message.type === "bye" && message.outcome !== undefined);
  raw.socket.destroy();
});
