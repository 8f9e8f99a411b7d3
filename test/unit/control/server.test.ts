// What each face of a run hears, what its questions become, and when the run is not listened to.

import { existsSync, statSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Question } from "../../../src/control/protocol.ts";
import { type Face, type Scene, serveScene, settle } from "./scene.ts";

const moment = { at: 0, random: 0 };
let scene: Scene;
beforeEach(async () => {
  scene = await serveScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

it("a face hears what is, then every entry once, and the run is listened to only while a face follows", async () => {
  scene.happen({ type: "up", services: ["api"], ...moment });
  expect(scene.listeners).toBe(0);
  const face = await scene.newFace();
  expect(face.heard[0]).toMatchObject({ type: "hello", at: 1234, about: { project: "shop" } });
  expect(scene.listeners).toBe(1);
  scene.happen({ type: "woke", ...moment });
  const late = await scene.newFace();
  expect(scene.listeners).toBe(1);
  scene.happen({ type: "woke", ...moment });
  await settle();
  const numbers = ({ heard }: Face): readonly number[] =>
    heard.flatMap((message) => (message.type === "entry" ? [message.entry.number] : []));
  expect([numbers(face), numbers(late)]).toEqual([[2, 3], [3]]);
  await face.leave();
  expect(scene.listeners).toBe(1);
  await late.leave();
  expect(scene.listeners).toBe(0);
});

it("the socket is its owner's alone, and goes with the server", async () => {
  const path = scene.server.path ?? "";
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await scene.server[Symbol.asyncDispose]();
  expect(existsSync(path)).toBe(false);
});

it.each<[Question, unknown]>([
  [{ kind: "start", services: ["api"], withNeeds: false }, ["api", "false"]],
  [{ kind: "start", services: ["none"], withNeeds: true }, "No service is called none."],
  [{ kind: "details", service: "api" }, { command: "x" }],
  [{ kind: "details", service: "tty" }, "tty has not been started yet."],
  [{ kind: "details", service: "broken" }, "That went wrong inside launch: it fell over"],
  [{ kind: "details", service: "nobody" }, "No service of this run is called nobody."],
  [{ kind: "details", service: "constructor" }, "No service of this run is called constructor."],
  [{ kind: "differences" }, {}],
  [{ kind: "signal", service: "api", signal: "SIGHUP" }, {}],
  [{ kind: "signal", service: "tty", signal: "SIGHUP" }, "Nothing of tty runs, so nobody was sent SIGHUP."],
  [{ kind: "remember", service: "api" }, {}],
  [{ kind: "watching" }, {}],
  [{ kind: "detach" }, {}],
  [{ kind: "attach", service: "api", columns: 8, rows: 2 }, "api has no terminal."],
])("%j is answered with %j", async (question, answer) => {
  const face = await scene.newFace();
  expect(await face.ask(question)).toEqual(answer);
});

it("what is asked for is done, unless nobody is called so, or the run is over and it is no end that its command waits for", async () => {
  const face = await scene.newFace();
  await face.ask({ kind: "remember", service: "api" });
  await face.say({ type: "request", request: { type: "up", services: ["api"] } });
  await face.say({ type: "request", request: { type: "up", services: ["api", "one", "two"] } });
  await face.say({ type: "request", request: { type: "quit", by: "SIGINT", force: false } });
  await face.say({ type: "dance" });
  scene.end();
  await face.say({ type: "request", request: { type: "up", services: ["api"] } });
  await face.say({ type: "request", request: { type: "quit", by: "request", force: false } });
  expect(await face.ask({ kind: "differences" })).toBe("That went wrong inside launch: no manifest");
  expect(scene.done).toEqual([
    "remember api",
    { type: "up", services: ["api"] },
    { type: "quit", by: "SIGINT", force: false },
    { type: "quit", by: "request", force: false },
  ]);
  const refusals = face.heard.flatMap((message) => (message.type === "refusal" ? [message.message] : []));
  expect(refusals).toEqual([
    "No service of this run is called one or two.",
    expect.stringContaining("not understood"),
    "That went wrong inside launch: no manifest",
  ]);
});

it("those who watch are counted while they are there", async () => {
  const [one, other] = [await scene.newFace(), await scene.newFace()];
  expect(scene.server.watchers).toBe(0);
  await one.ask({ kind: "watching" });
  await other.ask({ kind: "watching" });
  expect(scene.server.watchers).toBe(2);
  await one.leave();
  expect(scene.server.watchers).toBe(1);
});

it.each<[string, boolean | undefined, boolean, boolean, readonly string[]]>([
  ["the lifeline is heard of when it goes", true, false, false, ["lifeline lost"]],
  ["one that detached before may go", true, true, false, ["detach"]],
  ["one may go when the run is over", true, false, true, []],
  ["any other face may go", false, false, false, []],
  ["and has nothing to detach", undefined, true, false, []],
])("%s", async (_, lifeline, detaches, isOver, words) => {
  const face = await scene.newFace(lifeline);
  if (detaches) await face.ask({ kind: "detach" });
  if (isOver) scene.end();
  await face.leave();
  expect(scene.done).toEqual(words);
});

it("a terminal is shown and typed into, its face follows no longer, and it is left when the face goes", async () => {
  const face = await scene.newFace();
  await face.say({ type: "tty", data: Buffer.from("lost").toString("base64") });
  await face.say({ type: "resize", columns: 1, rows: 1 });
  expect(await face.ask({ kind: "attach", service: "tty", columns: 80, rows: 24 })).toEqual({});
  expect(scene.listeners).toBe(0);
  scene.happen({ type: "woke", ...moment });
  scene.show("hello");
  await face.say({ type: "tty", data: Buffer.from("ls").toString("base64") });
  await face.say({ type: "resize", columns: 10, rows: 5 });
  expect(await face.ask({ kind: "attach", service: "tty", columns: 80, rows: 24 })).toBe(
    "This connection carries a terminal already.",
  );
  expect(face.heard.slice(1)).toEqual([
    { type: "answer", id: 1, data: {} },
    { type: "tty", data: Buffer.from("hello").toString("base64") },
    expect.objectContaining({ type: "refusal", id: 2 }),
  ]);
  await face.leave();
  expect(scene.done).toEqual([{ columns: 80, rows: 24 }, "type ls", "resize 10 5", "left the terminal"]);
});

it("when a service closes its terminal, the face is told and the connection ends", async () => {
  const face = await scene.newFace();
  await face.ask({ kind: "attach", service: "tty", columns: 80, rows: 24 });
  scene.closeTerminal();
  await settle();
  expect(face.heard.at(-1)).toEqual({ type: "bye" });
  expect(face.stream.readableEnded).toBe(true);
});

it("what a face does not read of a terminal is left out, and goes on once it reads", async () => {
  const face = await scene.newFace();
  await face.ask({ kind: "attach", service: "tty", columns: 80, rows: 24 });
  face.stream.pause();
  for (let index = 0; index < 40; index++) scene.show("x".repeat(100_000));
  face.stream.resume();
  await settle();
  const shown = face.heard.filter(({ type }) => type === "tty").length;
  expect(shown).toBeGreaterThan(5);
  expect(shown).toBeLessThan(20);
  scene.show("again");
  await settle();
  expect(face.heard.at(-1)).toEqual({ type: "tty", data: Buffer.from("again").toString("base64") });
});

it.each([
  [false, { type: "bye" }],
  [true, { type: "bye", outcome: { kind: "done" } }],
])("when it closes, every face has its last words, and nobody is served any more: over %s", async (isOver, words) => {
  const faces = [await scene.newFace(true), await scene.newFace()];
  if (isOver) scene.end();
  for (const { stream } of faces) stream.on("end", () => stream.end());
  await scene.server[Symbol.asyncDispose]();
  expect(faces.map(({ heard }) => heard.at(-1))).toEqual([words, words]);
  const late = await scene.newFace();
  expect(late.heard).toEqual([]);
  expect(scene.done).toEqual([]);
});
