// Puts text on the clipboard: by the terminal itself (OSC 52), which works through ssh, and by the platform's own tool.

import { Buffer } from "node:buffer";
import type { Stage } from "./stage.ts";

/** Terminals take no more than about this many bytes at once. */
const mostForTerminal = 74_000;

/** Copies, and says what and how; `what` is said as it is: `3 lines`. */
export function copyText(stage: Stage, text: string, what: string): void {
  const encoded = Buffer.from(text).toString("base64");
  const byTerminal = encoded.length <= mostForTerminal;
  if (byTerminal) stage.send(`\u001b]52;c;${encoded}\u0007`);
  stage.say(
    byTerminal
      ? `${what} sent to the terminal's clipboard (OSC 52)`
      : `${what} are too much for the terminal's clipboard`,
  );
  stage.host.deeds.copy(text).then(
    () => stage.say(`copied ${what}`),
    // Without a tool the terminal's own way is all there is.
    () => {
      if (!byTerminal) stage.say(`${what} are too much for the terminal's clipboard; S saves them to a file`, "warn");
    },
  );
}
