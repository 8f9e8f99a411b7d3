// Faces that attach to a run: what they see, what they ask, and how it ends for them.

import { duplexPair } from "node:stream";
import { expect, test } from "vitest";
import { connectSession, dialSession, type RemoteSession } from "../../../src/client/session.ts";
import { encode } from "../../../src/control/wire.ts";
import type { Entry } from "../../../src/core/event.ts";
import { newProject } from "../../helpers/project.ts";
import { until, within } from "../../helpers/wait.ts";
import { serve, strangeHello } from "./serving.ts";

const twoServices = {
  services: {
    api: { command: "serve.js", port: "dynamic", env: { API_KEY: "secret" } },
    web: { command: ["sh", "-c", "trap 'echo heard' USR1; while :; do sleep 0.05; done"], depends_on: ["api"] },
  },
};

/** Everything that a session tells, from the first entry on. */
function follow(session: RemoteSession): Entry[] {
  const entries = [...session.past];
  session.subscribe((entry) => entries.push(entry));
  return entries;
}

async function allOf(entries: AsyncIterable<Entry>): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

async function isReady(session: RemoteSession, service: string): Promise<void> {
  await until(`${service} to be ready`, () => session.snapshot().members[service]?.state.status === "ready");
}

test("two faces see the same entries, the engine's own, each once and in order, and the end", async () => {
  await using project = newProject(twoServices);
  await using serving = await serve(project);
  await using first = await serving.dial();
  const one = follow(first);
  await isReady(first, "api");
  await using second = await serving.dial();
  const two = follow(second);
  await isReady(second, "web");
  first.request({ type: "restart", services: ["api"] });
  await until("the restart", () => second.snapshot().members["api"]?.run === 2);
  second.request({ type: "quit", by: "request", force: false });
  const outcome = await serving.run.ended;
  await serving.server[Symbol.asyncDispose]();

  expect(await first.closed).toEqual(outcome);
  expect(await second.closed).toEqual(outcome);
  const engine = serving.run.engine.supervisor.past();
  expect(one).toEqual(engine);
  expect(two).toEqual(engine);
  expect(one.map(({ number }) => number)).toEqual(one.map((_, index) => index + 1));
  expect(first.snapshot()).toEqual(serving.run.engine.supervisor.snapshot());
  const read = await allOf(second.entries(3));
  expect(read).toEqual(engine.slice(2));
});

test("a face that comes late sees what is, and the engine's clock", async () => {
  await using project = newProject(twoServices);
  await using serving = await serve(project);
  const { supervisor } = serving.run.engine;
  await serving.run.events.state("web", "ready");
  await using late = await serving.dial();
  expect(late.snapshot()).toEqual(supervisor.snapshot());
  expect(late.past).toEqual(supervisor.past());
  expect(late.about).toMatchObject({ project: "test", pid: process.pid, root: project.directory });
  expect(Math.abs(late.now() - serving.served.now())).toBeLessThan(200);
});

test("a face that comes in the midst of an entry sees the entry once", async () => {
  await using project = newProject(twoServices);
  const { promise: came, resolve } = Promise.withResolvers<Promise<RemoteSession>>();
  await using serving = await serve(project, {}, (entry, server) => {
    if (entry.event.type !== "ready" || entry.event.service !== "api") return;
    const [ours, theirs] = duplexPair();
    server.accept(ours);
    resolve(connectSession(theirs));
  });
  await using first = await serving.dial();
  const second = await came;
  await Promise.all([isReady(first, "web"), isReady(second, "web")]);
  const numbers = second.past.map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(second.snapshot()).toEqual(first.snapshot());
});

test("what a face asks is answered, or refused with words", async () => {
  await using project = newProject(twoServices);
  await using serving = await serve(project);
  await using face = await serving.dial();
  await isReady(face, "web");
  expect(await face.details("web")).toMatchObject({
    command: String.raw`sh -c 'trap '\''echo heard'\'' USR1; while :; do sleep 0.05; done'`,
    workingDir: project.directory,
    environment: {
      manifest: [],
      launch: expect.arrayContaining(["API_PORT", "LAUNCH_RUN"]),
      inherited: expect.arrayContaining(["PATH"]),
    },
  });
  const { environment } = await face.details("api");
  expect(environment.manifest).toContain("API_KEY");
  expect(JSON.stringify(environment)).not.toContain("secret");

  await face.signal("web", "SIGUSR1");
  await until("the signal to be heard", () => serving.run.lines("web").includes("heard"));
  await expect(face.signal("web", "SIGNOTHING")).rejects.toThrow("question.signal");
  await expect(face.details("nobody")).rejects.toThrow("No service of this run is called nobody.");
  await expect(face.details("constructor")).rejects.toThrow("No service of this run is called constructor.");
  expect(await face.start(["api"])).toEqual(["api"]);
  await expect(face.start(["nobody"])).rejects.toThrow("No service is called nobody.");

  face.request({ type: "down", services: ["web"] });
  await until("web to stop", () => face.snapshot().members["web"]?.state.status === "idle");
  await expect(face.signal("web", "SIGUSR1")).rejects.toThrow("Nothing of web runs");
  face.resolve("api", { choice: "next", remember: true, restartUsers: false });
  await until("it to be remembered", () => serving.remembered.includes("api"));
});

test("a person counts as watching for as long as the face is there", async () => {
  await using project = newProject(twoServices);
  await using serving = await serve(project);
  await using face = await serving.dial();
  expect(serving.server.watchers).toBe(0);
  await face.watching();
  await using other = await serving.dial();
  await other.watching();
  expect(serving.server.watchers).toBe(2);
  await face[Symbol.asyncDispose]();
  await until("the face to be gone", () => serving.server.watchers === 1);
});

test("the run hears when its lifeline is cut, once, and ends", async () => {
  await using project = newProject(twoServices);
  await using serving = await serve(project);
  const { session, stream } = await serving.lifeline();
  await using other = await serving.dial();
  await isReady(session, "api");
  stream.destroy();
  expect(await serving.run.ended).toMatchObject({ kind: "interrupted", by: "SIGHUP" });
  expect(serving.losses).toBe(1);
  await serving.server[Symbol.asyncDispose]();
  expect(await session.closed).toBeUndefined();
  expect(await other.closed).toMatchObject({ kind: "interrupted" });
});

test("after a detach the run goes on without its first face, and another one finds it", async () => {
  await using project = newProject(twoServices);
  await using serving = await serve(project);
  const { session } = await serving.lifeline();
  await session.detach();
  expect(serving.detached).toBe(1);
  await session[Symbol.asyncDispose]();
  await using other = await serving.dial();
  await isReady(other, "web");
  await other.detach();
  expect(serving.losses).toBe(0);
  expect(serving.detached).toBe(1);
});

test("the run is listened to once for all faces, and not at all without one", async () => {
  await using project = newProject(twoServices);
  await using serving = await serve(project);
  expect(serving.listeners).toBe(0);
  const one = await serving.dial();
  const two = await serving.dial();
  expect(serving.listeners).toBe(1);
  await one[Symbol.asyncDispose]();
  await isReady(two, "web");
  expect(serving.listeners).toBe(1);
  await two[Symbol.asyncDispose]();
  await until("nobody to listen", () => serving.listeners === 0);
  await using three = await serving.dial();
  await isReady(three, "web");
});

test("an engine that is gone is told to whoever waits", async () => {
  const [engine, stream] = duplexPair();
  engine.write(
    encode({
      type: "hello",
      protocol: 1,
      about: { project: "shop", pid: 4711 },
      at: 0,
      fleet: { members: {} },
      past: [],
      base: [],
    }),
  );
  const session = await connectSession(stream);
  const asked = session.details("api");
  const read = allOf(session.entries());
  engine.destroy();
  await expect(asked).rejects.toThrow("The engine of shop (pid 4711) is gone.");
  expect(await session.closed).toBeUndefined();
  expect(await read).toEqual([]);
  await expect(session.start([])).rejects.toThrow("is gone");
  session.request({ type: "up", services: [] });
});

test.each([
  ["of another version", encode(strangeHello), "of launch 9.0.0"],
  ["that is just ending", encode({ type: "bye" }), "just ending"],
  ["that says something else", encode({ type: "entry" }), "no engine"],
  ["that talks nonsense", Buffer.from("220 mail.example.org\r\n"), "no JSON object"],
])("an engine %s is not talked to", async (_, words, why) => {
  const [engine, stream] = duplexPair();
  engine.write(words);
  await expect(connectSession(stream)).rejects.toThrow(why);
});

test("an engine that goes before its first word is told", async () => {
  const [engine, stream] = duplexPair();
  const connecting = connectSession(stream);
  engine.end();
  await expect(connecting).rejects.toThrow("before it had said anything");
});

test("where nobody listens there is no session", async () => {
  await using project = newProject(twoServices);
  expect(await dialSession(project.path(".launch"))).toBeUndefined();
  const serving = await serve(project);
  await serving[Symbol.asyncDispose]();
  expect(await within("an answer", dialSession(serving.directory), () => "")).toBeUndefined();
});
