// The keys of the terminal, as Ink wants them: one key a read, held keys not run together. The mouse, which Ink does not know, goes
// to listeners. Reading can be stopped, so that somebody else gets the keys, or diverted as bytes.
//
//   const keys = newKeys(terminal.stdin);
//   render(<App />, { stdin: keys.stdin, … });
//   keys.onMouse((mouse) => …);

import { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { Mouse } from "./mouse.ts";
import { newScanner, type Input } from "./scanner.ts";

/** Keys and mouse of one terminal. Nothing is read before `listen()`. */
export interface Keys extends Disposable {
  /** What Ink reads. Raw mode is no business of Ink's: what it asks for there is ignored. */
  readonly stdin: NodeJS.ReadStream;
  onMouse(listener: (mouse: Mouse) => void): Disposable;
  /** Called when the terminal has been closed and no key will ever come. */
  onEnd(listener: () => void): Disposable;
  listen(): void;
  /** Stops reading; resolves when the keys are somebody else's. */
  pause(): Promise<void>;
  /** Gives everything that comes to the reader, as it comes, until disposed. */
  divert(reader: (bytes: Buffer) => void): Disposable;
}

/** Reads keys from this stream. */
export function newKeys(source: NodeJS.ReadStream): Keys {
  const mice = new Set<(mouse: Mouse) => void>();
  const ends = new Set<() => void>();
  const scanner = newScanner();
  let decoder = new StringDecoder("utf8");
  let reader: ((bytes: Buffer) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isListening = false;
  const stdin = inkStream(source);

  const deliver = (inputs: readonly Input[]): void => {
    for (const input of inputs) {
      if (input.kind === "mouse") for (const listener of mice) listener(input.mouse);
      else if (input.kind === "key") stdin.push(input.text);
      else if (input.kind === "paste") stdin.push(`\x1b[200~${input.text}\x1b[201~`);
    }
  };
  const expect = (): void => {
    clearTimeout(timer);
    timer = scanner.patience === undefined ? undefined : setTimeout(onPatienceOver, scanner.patience);
  };
  // Timers run before input is read: after a stall the rest may be there already, and is read in this very turn.
  const onPatienceOver = (): void => {
    const awaited = timer;
    setImmediate(() => {
      if (awaited === timer && timer !== undefined) deliver(scanner.flush());
    });
  };
  const onData = (data: Buffer | string): void => {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    if (reader !== undefined) return reader(bytes);
    deliver(scanner.push(decoder.write(bytes)));
    expect();
  };
  const onEnd = (): void => {
    for (const listener of ends) listener();
  };
  const forget = (): void => {
    clearTimeout(timer);
    timer = undefined;
    scanner.flush();
    decoder = new StringDecoder("utf8");
  };
  const pause = async (): Promise<void> => {
    if (!isListening) return;
    isListening = false;
    forget();
    source.off("data", onData);
    source.pause();
    // Node stops reading a terminal only in its next turn.
    await new Promise((resolve) => setImmediate(resolve));
  };
  // A terminal that is closed may fail a read rather than end.
  source.on("error", onEnd);
  source.on("end", onEnd);

  return {
    stdin: stdin as unknown as NodeJS.ReadStream,
    onMouse: (listener) => listening(mice, listener),
    onEnd: (listener) => listening(ends, listener),
    listen() {
      if (isListening) return;
      isListening = true;
      source.on("data", onData);
      source.resume();
    },
    pause,
    divert(to) {
      forget();
      reader = to;
      return {
        [Symbol.dispose]() {
          if (reader === to) reader = undefined;
        },
      };
    },
    [Symbol.dispose]() {
      void pause();
      source.off("end", onEnd);
      // A late error of a closed terminal must not end the process.
      source.off("error", onEnd).on("error", () => {});
    },
  };
}

/** A stream of keys with what Ink asks of a terminal's stdin. */
function inkStream(source: NodeJS.ReadStream): Readable {
  const stream = new Readable({ objectMode: true, read() {} });
  const same = (): Readable => stream;
  return Object.assign(stream, {
    isTTY: true,
    setRawMode: same,
    // It would run together the keys that came before Ink did.
    setEncoding: same,
    ref: () => (source.ref(), stream),
    unref: () => (source.unref(), stream),
  });
}

function listening<Listener>(all: Set<Listener>, listener: Listener): Disposable {
  all.add(listener);
  return { [Symbol.dispose]: () => void all.delete(listener) };
}
