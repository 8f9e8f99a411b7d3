// A run with a control server in the tests' own process, and faces of every kind that come to it.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Duplex, duplexPair } from "node:stream";
import { connectSession, dialSession, type RemoteSession } from "../../../src/client/session.ts";
import { type FromEngine, type FromFace, protocolVersion } from "../../../src/control/protocol.ts";
import { type ControlServer, type Served, serveControl } from "../../../src/control/server.ts";
import type { Entry } from "../../../src/core/event.ts";
import type { Rules } from "../../../src/core/state.ts";
import { now } from "../../../src/effects/clock.ts";
import { type Running, startEngine } from "../../helpers/engine.ts";
import type { TestProject } from "../../helpers/project.ts";
import { within } from "../../helpers/wait.ts";

/** A run that is served. Disposing ends the run, tells the faces, and then gives everything back. */
export interface Serving extends AsyncDisposable {
  readonly run: Running;
  readonly served: Served;
  readonly server: ControlServer;
  readonly directory: string;
  /** Those who listen to the run on behalf of faces. */
  readonly listeners: number;
  /** How often the lifeline was lost. */
  readonly losses: number;
  readonly detached: number;
  readonly remembered: readonly string[];
  dial(): Promise<RemoteSession>;
  /** A face on a connection of its own that the run was born with. */
  lifeline(): Promise<{ readonly session: RemoteSession; readonly stream: Duplex }>;
  /** A face that says what it likes. */
  raw(): Promise<Raw>;
}

/** A socket with what came in on it. */
export interface Raw {
  readonly socket: Socket;
  readonly heard: readonly FromEngine[];
  say(message: FromFace | object): void;
  /** The first message that fits, come before or still to come. */
  hear(fits: (message: FromEngine) => boolean): Promise<FromEngine>;
  readonly closed: Promise<void>;
}

/** Starts the project's services, and serves them at the socket of its state directory. `before` sees every entry before any face. */
export async function serve(
  project: TestProject,
  rules: Partial<Rules> = {},
  before: (entry: Entry, server: ControlServer) => void = () => {},
): Promise<Serving> {
  const run = await startEngine(project, { endWhenSettled: false, onFailure: "continue", ...rules });
  const { supervisor, socketDirectory: directory } = run.engine;
  const remembered: string[] = [];
  let listeners = 0;
  let losses = 0;
  let detached = 0;
  const served: Served = {
    session: {
      snapshot: supervisor.snapshot,
      request: supervisor.request,
      past: supervisor.past,
      subscribe(reader) {
        const subscription = supervisor.subscribe(reader);
        listeners++;
        return {
          [Symbol.dispose]() {
            listeners--;
            subscription[Symbol.dispose]();
          },
        };
      },
    },
    now,
    differences: () => Promise.resolve({ settings: [], changed: [], added: [], removed: [] }),
    about: () => ({
      version: "1.0.0",
      pid: process.pid,
      project: "test",
      root: project.directory,
      instance: "default",
      logs: supervisor.output.directory,
      logStarts: {},
      startedAt: 0,
      warnings: [],
    }),
    start(services) {
      if (services.includes("nobody")) return { refusal: "No service is called nobody." };
      supervisor.request({ type: "up", services });
      return services;
    },
    details: (service) => supervisor.details(service),
    signal: (service, signal) => supervisor.signal(service, signal),
    remember: (service) => remembered.push(service),
    attach: (service, size) => supervisor.attach(service, size),
    detach: () => detached++,
    onLifelineLost() {
      losses++;
      supervisor.request({ type: "quit", by: "SIGHUP", force: false });
    },
  };
  let server: ControlServer | undefined;
  supervisor.subscribe((entry) => {
    if (server !== undefined) before(entry, server);
  });
  server = await serveControl(directory, served);

  return {
    run,
    served,
    server,
    directory,
    get listeners() {
      return listeners;
    },
    get losses() {
      return losses;
    },
    get detached() {
      return detached;
    },
    remembered,
    async dial() {
      const session = await dialSession(directory);
      if (session === undefined) throw new Error(`nobody listens for ${directory}`);
      return session;
    },
    async lifeline() {
      const [ours, stream] = duplexPair();
      server.accept(ours, { lifeline: true });
      return { session: await connectSession(stream), stream };
    },
    raw: () => openRaw(server.path ?? ""),
    async [Symbol.asyncDispose]() {
      run.request({ type: "quit", by: "request", force: true });
      await run.ended;
      await server[Symbol.asyncDispose]();
      await run[Symbol.asyncDispose]();
    },
  };
}

async function openRaw(path: string): Promise<Raw> {
  const socket = connect(path);
  const heard: FromEngine[] = [];
  let wake = (): void => {};
  let text = "";
  socket.setEncoding("utf8").on("data", (data) => {
    text += String(data);
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    heard.push(...lines.map((line) => JSON.parse(line) as FromEngine));
    wake();
  });
  // What is written to a connection that was ended.
  socket.on("error", () => {});
  // Not `once`: it rejects on an error, which here is as good an end as any.
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  await once(socket, "connect");
  return {
    socket,
    heard,
    closed,
    say: (message) => void socket.write(`${JSON.stringify(message)}\n`),
    hear: (fits) =>
      within(
        String(fits),
        new Promise((resolve) => {
          wake = () => {
            const found = heard.find(fits);
            if (found !== undefined) resolve(found);
          };
          wake();
        }),
        () => JSON.stringify(heard.map(({ type }) => type)),
      ),
  };
}

/** First words of an engine of another time. */
export const strangeHello = {
  type: "hello",
  protocol: protocolVersion + 1,
  about: { project: "old", pid: 4711, version: "9.0.0" },
};
