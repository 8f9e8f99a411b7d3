// The person's terminal as a device: what is written to it, how large it is, and whether keys come as they are typed.
//
//   const terminal = openTerminal();            // undefined without a terminal on both sides
//   await terminal.send("text");                // in order, never waits for the terminal
//   terminal.onResize((size) => …);

import { openDevice, streamWriter, type Writer } from "./writer.ts";

/** A size in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The terminal this process was started in. */
export interface Terminal extends Writer {
  /** What keys are read from. */
  readonly stdin: NodeJS.ReadStream;
  /** The size as the terminal says it, which may be 0 by 0. */
  size(): Size;
  /** Called with the new size within 30 ms of a change. */
  onResize(listener: (size: Size) => void): Disposable;
  /** True: keys come one by one, are not echoed, and none of them is a signal. */
  setRaw(isRaw: boolean): void;
}

/** What stands in for the usual ones. */
export interface TerminalOptions {
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  /** The terminal's device. */
  readonly device?: string;
}

/** A terminal that is being resized says so many times. */
const settling = 30;

/** Opens the terminal; undefined unless both stdin and stdout are one. */
export function openTerminal(options: TerminalOptions = {}): Terminal | undefined {
  const { stdin = process.stdin, stdout = process.stdout, device } = options;
  if (!stdin.isTTY || !stdout.isTTY) return undefined;
  const writer = open(device) ?? streamWriter(stdout);
  const size = (): Size => ({ columns: stdout.columns, rows: stdout.rows });
  const listeners = new Set<(size: Size) => void>();
  let timer: NodeJS.Timeout | undefined;
  const announce = (): void => {
    timer = undefined;
    for (const listener of listeners) listener(size());
  };
  // Not put off by further changes, so that the picture follows a hand that drags the window's edge.
  const onChange = (): void => {
    timer ??= setTimeout(announce, settling).unref();
  };
  stdout.on("resize", onChange);

  return {
    stdin,
    size,
    get idle() {
      return writer.idle;
    },
    send: (text) => writer.send(text),
    writeNow: (text) => writer.writeNow(text),
    onResize(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    setRaw(isRaw) {
      // A terminal that was closed has no modes any more.
      try {
        stdin.setRawMode(isRaw);
      } catch {}
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      stdout.off("resize", onChange);
      writer[Symbol.dispose]();
    },
  };
}

function open(device: string | undefined): Writer | undefined {
  if (device !== undefined) return openDevice(device);
  if (process.platform === "win32") return undefined;
  const controlling = openDevice("/dev/tty");
  // A program without a controlling terminal may still have one on its stdout; Linux opens it anew by that name.
  return controlling ?? (process.platform === "linux" ? openDevice("/proc/self/fd/1") : undefined);
}
