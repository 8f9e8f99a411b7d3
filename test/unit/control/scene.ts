// A run made of values, served to faces over pairs of streams.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Duplex, duplexPair } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { FromEngine, FromFace, Question } from "../../../src/control/protocol.ts";
import { type ControlServer, serveControl, type Served } from "../../../src/control/server.ts";
import { encode } from "../../../src/control/wire.ts";
import type { Event, Entry, Request } from "../../../src/core/event.ts";
import { newFleet } from "../../../src/core/state.ts";
import { step } from "../../../src/core/step.ts";
import { newJournal } from "../../../src/supervisor/journal.ts";
import { rules, service } from "../core/fleet.ts";

/** A run with the services `api`, `broken` and `tty`, of which the last has a terminal. Disposing ends faces and server. */
export interface Scene extends AsyncDisposable {
  readonly server: ControlServer;
  /** The directory that it is served in. */
  readonly directory: string;
  /** What was done with the run. */
  readonly done: readonly unknown[];
  /** Those who listen to the run. */
  readonly listeners: number;
  happen(event: Event): void;
  /** From now on the run is over. */
  end(): void;
  /** The terminal shows this. */
  show(text: string): void;
  closeTerminal(): void;
  newFace(lifeline?: boolean): Promise<Face>;
}

/** A face, and all that it has heard. */
export interface Face {
  readonly stream: Duplex;
  readonly heard: readonly FromEngine[];
  say(message: FromFace | object): Promise<void>;
  /** Asks, and gives the answer, or the words of a refusal. */
  ask(question: Question): Promise<unknown>;
  leave(): Promise<void>;
}

/** Waits until what was said has arrived: both ends of a pair are in this process, and need a few turns of it. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}

/** Serves it. */
export async function serveScene(): Promise<Scene> {
  const done: unknown[] = [];
  const readers = new Set<(entry: Entry) => void>();
  const faces: Face[] = [];
  const journal = newJournal(() => 1);
  const terminal = Promise.withResolvers<void>();
  const directory = mkdtempSync(join(tmpdir(), "launch-server-"));
  let fleet = newFleet([service("api"), service("tty"), service("broken")], rules({}));
  let show: (data: Buffer) => void = () => {};

  const served: Served = {
    session: {
      snapshot: () => fleet,
      request: (request: Request) => void done.push(request),
      past: () => journal.latest(100),
      subscribe(reader) {
        readers.add(reader);
        return { [Symbol.dispose]: () => readers.delete(reader) };
      },
    },
    now: () => 1234,
    about: () => ({
      version: "1.0.0",
      pid: 4711,
      project: "shop",
      root: "/shop",
      instance: "default",
      logs: "/shop/.launch/logs",
      logStarts: {},
      startedAt: 0,
      warnings: [],
    }),
    start: (services, withNeeds) =>
      services.includes("none") ? { refusal: "No service is called none." } : [...services, String(withNeeds)],
    details(name) {
      if (name === "broken") throw new Error("it fell over");
      return name === "api" ? ({ command: "x" } as never) : undefined;
    },
    differences: () => (fleet.ended ? Promise.reject(new Error("no manifest")) : Promise.resolve({} as never)),
    signal(name, signal) {
      done.push(`${signal} to ${name}`);
      return name === "api";
    },
    remember: (name) => done.push(`remember ${name}`),
    attach(name, size) {
      if (name !== "tty") return `${name} has no terminal.`;
      done.push(size);
      return {
        write: (data) => done.push(`type ${data.toString()}`),
        resize: (columns, rows) => done.push(`resize ${columns} ${rows}`),
        onData: (reader) => (show = reader),
        closed: terminal.promise,
        [Symbol.dispose]: () => done.push("left the terminal"),
      };
    },
    detach: () => done.push("detach"),
    onLifelineLost: () => done.push("lifeline lost"),
  };
  const server = await serveControl(directory, served);

  return {
    server,
    directory,
    done,
    get listeners() {
      return readers.size;
    },
    happen(event) {
      const before = fleet;
      fleet = step(fleet, event).fleet;
      const entry = journal.append(event, before, fleet);
      for (const reader of readers) reader(entry);
    },
    end: () => (fleet = { ...fleet, ended: true, outcome: { kind: "done" } }),
    show: (text) => show(Buffer.from(text)),
    closeTerminal: terminal.resolve,
    async newFace(lifeline) {
      const [ours, stream] = duplexPair();
      server.accept(ours, lifeline === undefined ? undefined : { lifeline });
      await settle();
      const face = newFace(stream);
      faces.push(face);
      await settle();
      return face;
    },
    async [Symbol.asyncDispose]() {
      for (const face of faces) await face.leave();
      await server[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
    },
  };
}

function newFace(stream: Duplex): Face {
  const heard: FromEngine[] = [];
  let rest = "";
  stream.setEncoding("utf8").on("data", (data: string) => {
    const lines = (rest + data).split("\n");
    rest = lines.pop() ?? "";
    heard.push(...lines.map((line) => JSON.parse(line) as FromEngine));
  });
  stream.on("error", () => {});
  let asked = 0;
  const say = async (message: object): Promise<void> => {
    stream.write(encode(message));
    await settle();
  };
  return {
    stream,
    heard,
    say,
    async ask(question) {
      const id = ++asked;
      await say({ type: "ask", id, question });
      const found = heard.find((message) => "id" in message && message.id === id);
      return found?.type === "answer" ? found.data : (found as { message: string } | undefined)?.message;
    },
    async leave() {
      stream.destroy();
      await settle();
    },
  };
}
