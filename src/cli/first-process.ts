// The duty of a system's first process, which launch is when a container starts it: whatever loses its parent becomes a child of
// that process, and Node never asks how such children ended. So a shell of a few lines takes the place, and launch is its child.

import { environmentOfOwn } from "../effects/processes/inheritance.ts";

/**
 * Puts a shell in this process's place that starts the same command again as its child: it hands on TERM, INT, HUP, QUIT, USR1 and
 * USR2, reaps whatever ends, and ends with the command's own code. Returns only where there is no `/bin/sh`.
 */
export function becomeInit(): void {
  const { accessSync, constants } = process.getBuiltinModule("node:fs");
  try {
    accessSync("/bin/sh", constants.X_OK);
  } catch {
    return;
  }
  // The call is new to Node, which would say so at every start.
  process.removeAllListeners("warning");
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve?.("/bin/sh", ["sh", "-c", init, "launch-init", ...command], environmentOfOwn());
}

// A terminal tells its whole foreground group of Ctrl-C by itself: handed on as well, it would count as the second.
// A signal ends `wait` early with a code that says nothing: only once the child is gone is the code its own.
const init = `
hand() { s=$1; [ -z "$p" ] || kill -"$1" "$p" 2>/dev/null; }
p= s=
trap 'hand TERM' TERM; trap 'hand HUP' HUP; trap 'hand USR1' USR1; trap 'hand USR2' USR2
if [ -t 0 ]; then trap : INT QUIT; else trap 'hand INT' INT; trap 'hand QUIT' QUIT; fi
"$@" <&0 & p=$!
[ -z "$s" ] || kill -"$s" "$p"
while :; do
  wait "$p"; c=$?
  kill -0 "$p" 2>/dev/null || break
done
if [ "$c" -gt 128 ]; then wait "$p" 2>/dev/null; d=$?; [ "$d" = 127 ] || c=$d; fi
exit "$c"
`;
