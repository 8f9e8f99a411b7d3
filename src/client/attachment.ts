// A service's pseudo-terminal as it comes over a connection of its own.

import type { FromFace, TerminalSize } from "../control/protocol.ts";

/** A service's terminal, joined. Disposing leaves it; the service goes on. */
export interface Attachment extends Disposable {
  /** Types into it. */
  write(data: Uint8Array): void;
  resize(size: TerminalSize): void;
  /** Called for everything that it shows, from the first byte on. */
  onData(reader: (data: Buffer) => void): void;
  /** Resolves when the service has closed it, or when the engine is gone. */
  readonly closed: Promise<void>;
}

/** The side of it that the connection feeds. */
export interface Fed {
  readonly attachment: Attachment;
  show(base64: string): void;
  close(): void;
}

/** Bytes in one message: far below what an engine takes for a line. */
const piece = 2 ** 18;

/** An attachment that says its own by `send`. */
export function newAttachment(send: (message: FromFace) => void, leave: () => void): Fed {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  let early: Buffer[] = [];
  let reader: ((data: Buffer) => void) | undefined;

  return {
    attachment: {
      write(data) {
        const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
        for (let from = 0; from < bytes.length; from += piece) {
          send({ type: "tty", data: bytes.subarray(from, from + piece).toString("base64") });
        }
      },
      resize: ({ columns, rows }) => send({ type: "resize", columns, rows }),
      onData(given) {
        reader = given;
        for (const data of early) given(data);
        early = [];
      },
      closed,
      [Symbol.dispose]: leave,
    },
    show(base64) {
      const data = Buffer.from(base64, "base64");
      if (reader === undefined) early.push(data);
      else reader(data);
    },
    close,
  };
}
