// The one way out for launch's words: whatever they quote, a name, a command, somebody's message, nothing of it acts on a terminal.
// The lines of services have their own, which leaves them their colours (`sanitize`), and so has a joined terminal, which is as it is.

import { printable } from "../core/sanitize.ts";
import { hasStyles } from "./terminal.ts";

/** On stdout. */
export function print(text: string): void {
  process.stdout.write(words(text));
}

/** On stderr. */
export function printError(text: string): void {
  process.stderr.write(words(text));
}

/** Words as they may go out. */
export function words(text: string): string {
  return printable(text, hasStyles());
}
