// Who gives the terminal back when this process cannot: an idle shell of some 200 kB that hears by the end of a pipe that we are gone,
// however we went. At a usual end it is told so and says nothing.
//
// It lives in a session of its own, so that neither Ctrl-C, Ctrl-Z nor a kill of our whole group reaches it, and writes by the
// descriptor that it was given: a terminal that is not its own stops nobody for writing in the background.

import { spawn } from "node:child_process";
import type { Socket } from "node:net";

/** The guard of one terminal. Disposing says that the terminal has been given back for good. */
export interface TerminalGuard extends Disposable {
  /** The terminal is in raw mode from here on, and this text undoes what has been set in it. */
  ours(undo: string): void;
  /** Somebody else has the terminal for a while, and whatever becomes of us is theirs to undo. */
  lent(): void;
}

/** Undoes raw mode as Node sets it, for where the modes from before were read too late; but for Ctrl-S, which few want. */
const cooked = "brkint icrnl isig icanon iexten echo";

// A shell with a prompt puts its own modes in place when its job is gone; that takes it a moment, and those are then right. So
// modes are given back only where nobody has changed them since.
const script = `
trap '' HUP INT QUIT TERM TSTP TTIN TTOU PIPE USR1 USR2
before=$(stty -g <&3 2>/dev/null)
case $(stty -a <&3 2>/dev/null) in *-icanon*) before='${cooked}';; esac
undo= raw= held=
while read -r word rest; do
  case $word in
    ours) held=1 undo=$rest raw=$(stty -g <&3 2>/dev/null);;
    lent) held=;;
    *) exit 0;;
  esac
done
[ -n "$held" ] || exit 0
printf '%s' "$undo" >&3
sleep 0.1 2>/dev/null || sleep 1
[ "$raw" != "$(stty -g <&3 2>/dev/null)" ] || stty $before <&3
`;

/** Starts the guard of the terminal on this descriptor, before its modes are changed. One that cannot run guards nothing. */
export function openTerminalGuard(terminal = 1): TerminalGuard {
  const child = spawn("/bin/sh", ["-c", script, "launch-terminal-guard"], {
    // It is nobody's business where it was started, and it holds no directory.
    cwd: "/",
    env: { PATH: process.env["PATH"] },
    detached: true,
    stdio: ["pipe", "ignore", "ignore", terminal],
  });
  // Whatever goes wrong with it: the terminal is ours to give back.
  child.on("error", () => {});
  child.stdin?.on("error", () => {});
  child.unref();
  (child.stdin as Socket | null)?.unref();
  let isOver = false;
  // A short text goes into the pipe before `write` returns, so that it is said even by a process that is about to exit.
  const say = (text: string): void => {
    if (!isOver) child.stdin?.write(`${text}\n`);
  };

  return {
    ours: (undo) => say(`ours ${undo}`),
    lent: () => say("lent"),
    [Symbol.dispose]() {
      say("over");
      isOver = true;
      child.stdin?.end();
    },
  };
}
