// Joins a service's own terminal to this one: every key goes there, everything that it shows comes here, until Ctrl-] is
// pressed or either end is gone. This terminal is given back as it was, whatever happens.

import type { ReadStream, WriteStream } from "node:tty";
import type { Attachment } from "../client/attachment.ts";
import { openTerminalGuard } from "../tui/terminal/guard.ts";
import { heardEndings } from "./signals.ts";
import { newLeftModes } from "./left-modes.ts";

/** Whose terminal, and where it is shown. */
export interface Here {
  readonly service: string;
  readonly input?: ReadStream;
  readonly output?: WriteStream;
}

/** Ctrl-], and how terminals write it that tell keys apart more finely. */
const leaveKeys = ["\x1d", "\x1b[93;5u", "\x1b[27;5;93~"];

/** The size of a terminal, for whoever dials; 80 by 24 where it does not tell. */
export function sizeOf(output: WriteStream = process.stdout): { readonly columns: number; readonly rows: number } {
  return { columns: output.columns || 80, rows: output.rows || 24 };
}

/** Stays until the person leaves or the service's terminal is closed, and disposes of the attachment. */
export async function attachHere(attachment: Attachment, here: Here): Promise<"left" | "closed"> {
  const { service, input = process.stdin, output = process.stdout } = here;
  const { promise: leaving, resolve: leave } = Promise.withResolvers<"left">();
  const modes = newLeftModes();
  const wasRaw = input.isRaw;
  const guard = input.isTTY && output === process.stdout && output.isTTY ? openTerminalGuard() : undefined;
  let toUndo = "";
  let isAtLineStart = true;
  let isOver = false;

  const type = (bytes: Buffer): void => {
    const ends = leaveKeys.map((key) => bytes.indexOf(key)).filter((at) => at >= 0);
    const end = ends.length === 0 ? bytes.length : Math.min(...ends);
    if (end > 0) attachment.write(bytes.subarray(0, end));
    if (ends.length > 0) leave("left");
  };
  const show = (bytes: Buffer): void => {
    if (isOver) return;
    modes.see(bytes);
    const undo = modes.undo();
    if (undo !== toUndo) guard?.ours((toUndo = undo));
    isAtLineStart = bytes.at(-1) === 10;
    output.write(bytes);
  };
  const resize = (): void => attachment.resize(sizeOf(output));
  const endOfInput = (): void => leave("left");
  // A shell has put its own modes in place while we were stopped.
  const takeAgain = (): void => setRaw(input, true);
  const restore = (): void => {
    if (isOver) return;
    isOver = true;
    process.off("exit", restore).off("SIGCONT", takeAgain);
    for (const signal of heardEndings()) process.off(signal, endBy);
    input.off("data", type).off("end", endOfInput).pause();
    output.off("resize", resize);
    setRaw(input, wasRaw);
    output.write(modes.undo() + (output.isTTY ? "\x1b[0m" : "") + (isAtLineStart ? "" : "\n"));
    guard?.[Symbol.dispose]();
  };
  const endBy = (signal: NodeJS.Signals): void => {
    restore();
    leave("left");
    // Whoever else listens decides what the signal means; otherwise it means what it always does.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };

  output.write(`attached to ${service}; Ctrl-] leaves\n`);
  process.on("exit", restore).on("SIGCONT", takeAgain);
  for (const signal of heardEndings()) process.on(signal, endBy);
  setRaw(input, true);
  guard?.ours(toUndo);
  output.on("resize", resize);
  attachment.onData(show);
  input.on("data", type).on("end", endOfInput).resume();
  try {
    const how = await Promise.race([leaving, attachment.closed.then(() => "closed" as const)]);
    restore();
    output.write(how === "left" ? `left ${service}; it goes on\n` : `the terminal of ${service} is closed\n`);
    return how;
  } finally {
    restore();
    attachment[Symbol.dispose]();
  }
}

function setRaw(input: ReadStream, isRaw: boolean): void {
  if (input.isTTY) input.setRawMode(isRaw);
}
