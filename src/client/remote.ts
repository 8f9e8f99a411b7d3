// The session of a run whose engine is another process: what is said over the connection, as `Session` has it.

import type { Entry } from "../core/event.ts";
import type { NodeSignal } from "../core/service.ts";
import type { Details, Differences, LiveSession } from "../core/session.ts";
import type { Outcome } from "../core/state.ts";
import type { About, FromEngine, FromFace, Hello, TerminalSize } from "../control/protocol.ts";
import type { Wire } from "../control/wire.ts";
import { type Attachment, type Fed, newAttachment } from "./attachment.ts";
import { newMirror } from "./mirror.ts";
import { newQuestions } from "./questions.ts";

/** A run in another process. Whatever is asked rejects with words when it cannot be done. Disposing leaves the run. */
export interface RemoteSession extends LiveSession, AsyncDisposable {
  readonly about: About;
  /** A person is here to answer conflicts, for as long as this session lasts. */
  watching(): Promise<void>;
  /** Makes this connection a service's terminal: it tells no entries any more. */
  attach(service: string, size: TerminalSize): Promise<Attachment>;
}

/** Entries of the past that are handed out. */
const mostPast = 1000;

/** The session, and the side of it that the connection feeds. */
export interface Remote {
  readonly session: RemoteSession;
  take(message: FromEngine): void;
  close(): void;
}

/** A session that begins with these first words. */
export function newRemote(wire: Wire, hello: Hello): Remote {
  const { about } = hello;
  let offset = hello.at - performance.now();
  const mirror = newMirror(hello);
  const { entries } = mirror;
  const { promise: closed, resolve: settle } = Promise.withResolvers<Outcome | undefined>();
  const send = (message: FromFace): void => wire.send(message);
  const questions = newQuestions(send);
  let past: readonly Entry[] | undefined;
  let terminal: Fed | undefined;
  let outcome: Outcome | undefined;

  const close = (): void => {
    const { ended, outcome: seen } = mirror.fleet();
    outcome ??= ended ? seen : undefined;
    const { project, pid } = about;
    questions.close(outcome === undefined ? `The engine of ${project} (pid ${pid}) is gone.` : `${project} has ended.`);
    entries.close();
    terminal?.close();
    settle(outcome);
  };

  const take = (message: FromEngine): void => {
    switch (message.type) {
      case "entry": {
        const { event } = message.entry;
        // The engine's clock has stood still with it.
        if (event.type === "noticed" && event.notice.kind === "stalled") offset -= event.notice.for;
        return mirror.take(message.entry);
      }
      case "answer":
        return questions.answer(message.id, message.data);
      case "refusal":
        return message.id === undefined ? undefined : questions.refuse(message.id, message.message);
      case "tty":
        return terminal?.show(message.data);
      case "bye":
        outcome = message.outcome;
        return wire.end();
      case "hello":
        return undefined;
    }
  };

  const attach = async (service: string, size: TerminalSize): Promise<Attachment> => {
    const fed = newAttachment(send, () => wire.destroy());
    const before = terminal;
    // There before the answer: what the terminal shows may come with it.
    terminal ??= fed;
    try {
      await questions.ask({ kind: "attach", service, ...size });
    } catch (error) {
      terminal = before;
      throw error;
    }
    return fed.attachment;
  };

  const session: RemoteSession = {
    about,
    closed,
    now: () => performance.now() + offset,
    snapshot: () => mirror.fleet(),
    entries: (from) => entries.read(from),
    subscribe(reader) {
      past ??= entries.latest(mostPast);
      return entries.subscribe(reader);
    },
    get past() {
      return past ?? entries.latest(mostPast);
    },
    request: (request) => send({ type: "request", request }),
    async start(services, withNeeds = true) {
      return (await questions.ask({ kind: "start", services, withNeeds })) as readonly string[];
    },
    resolve(service, { choice, remember, restartUsers }) {
      // An engine that is gone remembers nothing, and then this is no news.
      if (remember) questions.ask({ kind: "remember", service }).catch(() => {});
      send({
        type: "request",
        request: { type: "resolve", service, choice, because: "chosen in the dashboard", restartUsers },
      });
    },
    async signal(service, signal) {
      await questions.ask({ kind: "signal", service, signal: signal as NodeSignal });
    },
    details: async (service) => (await questions.ask({ kind: "details", service })) as Details,
    differences: async () => (await questions.ask({ kind: "differences" })) as Differences,
    async watching() {
      await questions.ask({ kind: "watching" });
    },
    async detach() {
      await questions.ask({ kind: "detach" });
    },
    attach,
    async [Symbol.asyncDispose]() {
      wire.destroy();
      await closed;
    },
  };
  return { session, take, close };
}
