// Reaches the engine of a run: over a connection that is there, or by the socket of a state directory. Loaded before anything
// is shown, so all of the client stays light.

import { lstatSync } from "node:fs";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { socketPaths } from "../control/address.ts";
import { type FromEngine, protocolVersion, type TerminalSize } from "../control/protocol.ts";
import { openWire } from "../control/wire.ts";
import type { Attachment } from "./attachment.ts";
import { after, now } from "../effects/clock.ts";
import { newRemote, type Remote, type RemoteSession } from "./remote.ts";

export type { RemoteSession } from "./remote.ts";

/** The engine ended the connection before it had said anything: it is just dying. */
export class EngineGoneError extends Error {
  override name = "EngineGoneError";

  constructor() {
    super("The engine went before it had said anything.");
  }
}

/** The engine has taken the connection, and says nothing. */
export class NoAnswerError extends Error {
  override name = "NoAnswerError";

  constructor() {
    super("The engine of this run does not answer: it is stopped, or has much to do.");
  }
}

/** An engine is no stranger: its first words hold every service, however many there are. */
const longestLine = 256 * 2 ** 20;
/** How long an engine may take to answer unless it is said, in milliseconds. */
const patience = 10_000;
/** Between two questions whether an answer still comes, in milliseconds. */
const askingInterval = 100;

/** Talks to the engine at the other end; resolves with its first words, and rejects when they are not to be had. */
export function connectSession(stream: Duplex): Promise<RemoteSession> {
  return new Promise((resolve, reject) => {
    let remote: Remote | undefined;
    const take = (message: FromEngine): void => {
      if (remote !== undefined) return remote.take(message);
      if (message.type === "hello" && message.protocol === protocolVersion) {
        remote = newRemote(wire, message);
        return resolve(remote.session);
      }
      reject(new Error(whyNot(message)));
      wire.destroy();
    };
    const wire = openWire(
      stream,
      {
        onMessage: (message) => take(message as FromEngine),
        onEnd(words) {
          remote?.close();
          reject(words === undefined ? new EngineGoneError() : new Error(words));
        },
      },
      { longest: longestLine },
    );
  });
}

function whyNot(message: FromEngine): string {
  if (message.type === "bye") return "The run is just ending.";
  if (message.type === "refusal") return message.message;
  if (message.type !== "hello") return "Whoever answers there is no engine of launch.";
  const { project, pid, version } = message.about;
  const versions = `protocol ${message.protocol} where this launch has ${protocolVersion}`;
  return `The run of ${project} (pid ${pid}) is of launch ${version}, which speaks ${versions}. Stop it by that version, or by a signal to its pid.`;
}

/**
 * The session of the run that keeps its state in this directory; undefined when nobody listens. Rejects with words when the
 * engine says nothing until `isOver`, which is asked again and again with the milliseconds that were waited: with a
 * `NoAnswerError`.
 */
export async function dialSession(
  stateDirectory: string,
  isOver: (waited: number) => boolean = (waited) => waited >= patience,
): Promise<RemoteSession | undefined> {
  for (const path of socketPaths(stateDirectory)) {
    const socket = mayBeSocket(path) ? await dial(path) : undefined;
    if (socket !== undefined) return greet(socket, isOver);
  }
  return undefined;
}

// What a link leads to is the socket of somebody who knows nothing of us.
function mayBeSocket(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true;
  } catch {
    // Whoever connects is told why it cannot be looked at.
    return true;
  }
}

async function greet(socket: Socket, isOver: (waited: number) => boolean): Promise<RemoteSession> {
  let isLate = false;
  const begun = now();
  let asking: Disposable | undefined;
  const askAgain = (): void => {
    asking = after(askingInterval, () => {
      isLate = isOver(now() - begun);
      if (isLate) socket.destroy();
      else askAgain();
    });
  };
  askAgain();
  try {
    return await connectSession(socket);
  } catch (error) {
    if (!isLate) throw error;
    throw new NoAnswerError();
  } finally {
    asking?.[Symbol.dispose]();
  }
}

/** Joins a service's terminal by a connection of its own; rejects with words when it cannot. */
export async function dialAttachment(stateDirectory: string, service: string, size: TerminalSize): Promise<Attachment> {
  const session = await dialSession(stateDirectory);
  if (session === undefined) throw new Error("Nobody answers there: the run has ended.");
  try {
    return await session.attach(service, size);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/** What it means that nobody listens: no file, one that a dead engine left, or no such directory. */
const nobody: readonly (string | undefined)[] = ["ENOENT", "ECONNREFUSED", "ENOTDIR", "ENOTSOCK"];

function dial(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.off("error", onError);
      resolve(socket);
    });
    const onError = (error: NodeJS.ErrnoException): void => {
      if (nobody.includes(error.code)) resolve(undefined);
      // It died before it could take the connection.
      else if (error.code === "ECONNRESET" || error.code === "EPIPE") reject(new EngineGoneError());
      else if (error.code === "EACCES" || error.code === "EPERM") {
        reject(new Error(`The run here belongs to another user, who alone may talk to it (${path}).`));
      } else reject(new Error(`${path} cannot be reached: ${error.message}.`));
    };
    socket.once("error", onError);
  });
}
