// The connection to the face that has started this process as an engine, from the beginning until it is served: what the face
// says first, and whether it has gone meanwhile.

import { Socket } from "node:net";
import { type Go, lifelineDescriptor } from "./early-engine.ts";

/** The connection before it is served. */
export interface Lifeline {
  readonly stream: Socket;
  /** What the face says first; undefined when it goes instead. */
  readonly go: Promise<Go | undefined>;
  /** Resolves when the face goes; nobody needs what is begun for it then. */
  readonly gone: Promise<"gone">;
  /** Nothing is heard from here on: what has come since the first word is for whoever serves the connection. */
  release(): void;
}

/** Listens from now on, so that no wait for a file outlasts the face. */
export function openLifeline(): Lifeline {
  const stream = new Socket({ fd: lifelineDescriptor, readable: true, writable: true });
  const go = Promise.withResolvers<Go | undefined>();
  const gone = Promise.withResolvers<"gone">();
  let heard = Buffer.alloc(0);
  let isTold = false;
  const onData = (bytes: Buffer): void => {
    heard = Buffer.concat([heard, bytes]);
    const end = heard.indexOf("\n");
    if (isTold || end === -1) return;
    isTold = true;
    go.resolve(JSON.parse(heard.subarray(0, end).toString()) as Go);
    heard = heard.subarray(end + 1);
  };
  const onGone = (): void => {
    go.resolve(undefined);
    gone.resolve("gone");
  };
  stream.on("data", onData).on("end", onGone).on("close", onGone);
  // That it broke is heard in its end.
  stream.on("error", () => {});
  return {
    stream,
    go: go.promise,
    gone: gone.promise,
    release() {
      stream.off("data", onData).pause();
      if (heard.length > 0) stream.unshift(heard);
    },
  };
}
