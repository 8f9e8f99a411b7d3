// Serves a run to its faces: whoever connects is told what is, then every entry, and may ask. Without a face nothing is done
// here. A face that misbehaves loses its connection; the run and the other faces notice nothing.

import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Entry } from "../core/event.ts";
import { sleep } from "../effects/clock.ts";
import { socketPaths } from "./address.ts";
import { type Connection, newConnection } from "./connection.ts";
import { mostFaces, newLimits } from "./limits.ts";
import type { FromEngine } from "./protocol.ts";
import { byeOf, entryLine } from "./tell.ts";
import { type Listening, listenAt } from "./listen.ts";
import type { Served } from "./served.ts";
import { encode } from "./wire.ts";

export type { Attached, Served } from "./served.ts";

/** A run that is served. Disposing tells every face that it is over; do that last of all, when a new run could begin. */
export interface ControlServer extends AsyncDisposable {
  /** The socket file; undefined when there is none, and then `problem` says why. */
  readonly path?: string;
  readonly problem?: string;
  /** The faces at which a person answers conflicts. */
  readonly watchers: number;
  /** Serves a connection that exists; the run is told when a `lifeline` is lost. */
  accept(stream: Duplex, options?: { readonly lifeline?: boolean }): void;
  /** Takes the socket file away, and goes on serving those who are there: for the last moment in which nobody else can have its place. */
  withdraw(): void;
}

/** How long a face may take to read its last words, in milliseconds. */
const patience = 1000;

/** Serves a run at the socket of its state directory. Never rejects: a run without a socket is still a run. */
export async function serveControl(stateDirectory: string, served: Served): Promise<ControlServer> {
  const { session } = served;
  const connections = new Set<Connection>();
  const limits = newLimits();
  let subscription: Disposable | undefined;
  let closing = false;

  const tell = (entry: Entry): void => {
    const line = entryLine(entry, session.snapshot());
    for (const { follows, wire } of connections) {
      if (follows && entry.number >= follows.from) wire.sendEncoded(line);
    }
  };

  /** Listens to the run for as long as anybody does to us. */
  const review = (): void => {
    const isHeard = [...connections].some(({ follows }) => follows !== undefined);
    if (isHeard) subscription ??= session.subscribe(tell);
    else {
      subscription?.[Symbol.dispose]();
      subscription = undefined;
    }
  };

  const accept = (stream: Duplex, { lifeline = false }: { readonly lifeline?: boolean } = {}): void => {
    if (closing) return void stream.destroy();
    if (!lifeline && connections.size >= mostFaces) return refuse(stream);
    const connection = newConnection(stream, served, {
      lifeline,
      allowance: limits.newAllowance(),
      onChange: review,
      onGone: () => {
        connections.delete(connection);
        review();
        if (connection.lifeline && !closing && !session.snapshot().ended) served.onLifelineLost();
      },
    });
    connections.add(connection);
    review();
  };

  const door = await openDoor(stateDirectory, accept);
  const withdraw = (): void => {
    closing = true;
    if ("listening" in door) door.listening[Symbol.dispose]();
  };
  return {
    ...("listening" in door ? { path: door.listening.path } : { problem: door.problem }),
    get watchers() {
      return [...connections].filter(({ watching }) => watching).length;
    },
    accept,
    withdraw,
    async [Symbol.asyncDispose]() {
      withdraw();
      const bye = byeOf(session.snapshot());
      for (const { wire } of connections) {
        wire.send(bye);
        wire.end();
      }
      const gone = Promise.all([...connections].map(({ gone }) => gone));
      const over = new AbortController();
      await Promise.race([gone, sleep(patience, over.signal).catch(() => {})]);
      over.abort();
      for (const { wire } of connections) wire.destroy();
    },
  };
}

/** Those who are there already are served; one more is told why not. */
function refuse(stream: Duplex): void {
  stream.on("error", () => {});
  stream.resume();
  const message = `This run has ${mostFaces} faces already, and takes no more until one of them goes.`;
  stream.end(encode({ type: "refusal", message } satisfies FromEngine), () => stream.destroy());
}

async function openDoor(
  stateDirectory: string,
  onConnection: (socket: Socket) => void,
): Promise<{ readonly listening: Listening } | { readonly problem: string }> {
  try {
    return { listening: await listenAt(socketPaths(stateDirectory), onConnection) };
  } catch (error) {
    const { message } = error as Error;
    return { problem: `No other command can reach this run, because its control socket could not be made: ${message}` };
  }
}
