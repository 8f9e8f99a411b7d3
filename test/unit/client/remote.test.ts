// A session over a connection, with words put in the engine's mouth.

import { expect, it } from "vitest";
import { newRemote, type Remote } from "../../../src/client/remote.ts";
import type { FromEngine, Hello } from "../../../src/control/protocol.ts";
import { entryLine, helloOf } from "../../../src/control/tell.ts";
import type { Event } from "../../../src/core/event.ts";
import { newFleet, type Fleet } from "../../../src/core/state.ts";
import { step } from "../../../src/core/step.ts";
import { newJournal } from "../../../src/supervisor/journal.ts";
import { rules, service } from "../core/fleet.ts";

const about: Hello["about"] = {
  version: "1.0.0",
  pid: 4711,
  project: "shop",
  root: "/shop",
  instance: "default",
  logs: "/shop/.launch/logs",
  logStarts: {},
  startedAt: 0,
  warnings: [],
};

/** A face, all that it has said, and an engine that says what the test has it say. */
interface Scene extends Remote {
  readonly said: object[];
  readonly left: string[];
  /** Something happens at the engine, and the face is told. */
  happen(event: Event): void;
  fleet(): Fleet;
}

function newScene(at = 0): Scene {
  let fleet = newFleet([service("api")], rules({}));
  const journal = newJournal(() => 1);
  const said: object[] = [];
  const left: string[] = [];
  const wire = {
    send: (message: object) => void said.push(message),
    sendEncoded: () => {},
    waiting: () => 0,
    end: () => void left.push("end"),
    destroy: () => void left.push("destroy"),
  };
  const remote = newRemote(wire, helloOf(about, at, fleet, []));
  return {
    ...remote,
    said,
    left,
    fleet: () => fleet,
    happen(event) {
      const before = fleet;
      fleet = step(fleet, event).fleet;
      const line = entryLine(journal.append(event, before, fleet), fleet);
      remote.take(JSON.parse(line.toString()) as FromEngine);
    },
  };
}

const moment = { at: 0, random: 0 };

it("the clock is the engine's, and has stood still as long as the engine's has", () => {
  const scene = newScene(5_000_000);
  const off = (): number => Math.round((scene.session.now() - performance.now()) / 1e5) * 1e5;
  const before = off();
  expect(scene.session.now()).toBeGreaterThanOrEqual(5_000_000);
  scene.happen({ type: "noticed", notice: { kind: "stalled", for: 3_000_000 }, ...moment });
  expect(off() - before).toBe(-3_000_000);
  scene.happen({ type: "up", services: ["api"], ...moment });
  expect(off() - before).toBe(-3_000_000);
});

it("an answer goes to who asked, whichever comes first, and a refusal is its words", async () => {
  const { session, take, said } = newScene();
  const first = session.details("api");
  const second = session.start(["api"]);
  const third = session.signal("api", "SIGHUP");
  expect(said).toEqual([
    { type: "ask", id: 1, question: { kind: "details", service: "api" } },
    { type: "ask", id: 2, question: { kind: "start", services: ["api"], withNeeds: true } },
    { type: "ask", id: 3, question: { kind: "signal", service: "api", signal: "SIGHUP" } },
  ]);
  take({ type: "answer", id: 2, data: ["api"] });
  take({ type: "refusal", id: 3, message: "api is not running." });
  take({ type: "refusal", message: "What was that?" });
  take({ type: "answer", id: 1, data: { command: "x" } });
  expect(await second).toEqual(["api"]);
  expect(await first).toEqual({ command: "x" });
  await expect(third).rejects.toThrow("api is not running.");
});

it("what is asked for is said as it is", () => {
  const { session, said } = newScene();
  session.request({ type: "restart", services: ["api"] });
  session.resolve("api", { choice: { kind: "next" } as never, remember: false, restartUsers: true });
  session.resolve("api", { choice: { kind: "next" } as never, remember: true, restartUsers: false });
  const resolve = { type: "resolve", service: "api", choice: { kind: "next" }, because: "chosen in the dashboard" };
  expect(said).toEqual([
    { type: "request", request: { type: "restart", services: ["api"] } },
    { type: "request", request: { ...resolve, restartUsers: true } },
    { type: "ask", id: 1, question: { kind: "remember", service: "api" } },
    { type: "request", request: { ...resolve, restartUsers: false } },
  ]);
});

it("when the engine is gone, whoever asks or waits is told", async () => {
  const { session, close } = newScene();
  const open = session.details("api");
  close();
  await expect(open).rejects.toThrow("The engine of shop (pid 4711) is gone.");
  await expect(session.detach()).rejects.toThrow("The engine of shop (pid 4711) is gone.");
  expect(await session.closed).toBeUndefined();
  expect(await Array.fromAsync(session.entries())).toEqual([]);
});

it("the last words say how the run ended, and end the connection", async () => {
  const { session, take, close, left } = newScene();
  const open = session.details("api");
  take({ type: "bye", outcome: { kind: "done" } });
  expect(left).toEqual(["end"]);
  close();
  await expect(open).rejects.toThrow("shop has ended.");
  expect(await session.closed).toEqual({ kind: "done" });
});

it("an end that was seen counts though the last words were lost", async () => {
  const scene = newScene();
  scene.happen({ type: "quit", by: "request", force: false, ...moment });
  expect(scene.fleet().ended).toBe(true);
  scene.close();
  expect(await scene.session.closed).toEqual(scene.fleet().outcome);
});

it("the past is what there was before anybody listened, and each entry is heard once", () => {
  const scene = newScene();
  const numbers: number[] = [];
  scene.happen({ type: "up", services: ["api"], ...moment });
  expect(scene.session.past.map(({ number }) => number)).toEqual([1]);
  using _ = scene.session.subscribe(({ number }) => numbers.push(number));
  scene.happen({ type: "woke", ...moment });
  expect(numbers).toEqual([2]);
  expect(scene.session.past.map(({ number }) => number)).toEqual([1]);
  expect(scene.session.snapshot()).toEqual(scene.fleet());
});

it("a terminal has what came before its answer, what comes after, and its end", async () => {
  const { session, take, close, said, left } = newScene();
  const joining = session.attach("api", { columns: 80, rows: 24 });
  take({ type: "tty", data: Buffer.from("early ").toString("base64") });
  take({ type: "answer", id: 1, data: {} });
  const terminal = await joining;
  let shown = "";
  terminal.onData((data) => (shown += data.toString()));
  take({ type: "tty", data: Buffer.from("late").toString("base64") });
  expect(shown).toBe("early late");
  terminal.write(Buffer.alloc(2 ** 18 + 1, "x"));
  terminal.resize({ columns: 10, rows: 5 });
  const typed = said.slice(1, 3).map((message) => Buffer.from((message as { data: string }).data, "base64").length);
  expect(typed).toEqual([2 ** 18, 1]);
  expect([said[0], said[3]]).toEqual([
    { type: "ask", id: 1, question: { kind: "attach", service: "api", columns: 80, rows: 24 } },
    { type: "resize", columns: 10, rows: 5 },
  ]);
  terminal[Symbol.dispose]();
  expect(left).toEqual(["destroy"]);
  close();
  await terminal.closed;
});

it("a terminal that is refused leaves the connection as it was", async () => {
  const { session, take } = newScene();
  const refused = session.attach("api", { columns: 80, rows: 24 });
  take({ type: "refusal", id: 1, message: "api has no terminal." });
  await expect(refused).rejects.toThrow("api has no terminal.");
  const joining = session.attach("api", { columns: 80, rows: 24 });
  take({ type: "answer", id: 2, data: {} });
  let shown = "";
  (await joining).onData((data) => (shown += data.toString()));
  take({ type: "tty", data: Buffer.from("seen").toString("base64") });
  expect(shown).toBe("seen");
});

it("leaving ends the connection and waits for that", async () => {
  const { session, close, left } = newScene();
  const leaving = session[Symbol.asyncDispose]();
  expect(left).toEqual(["destroy"]);
  close();
  await leaving;
});
