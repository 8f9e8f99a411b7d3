// `launch available [PORT]`: a port that is free right now, the given one or the next above it.

import { jsonText } from "../core/sanitize.ts";
import { print, printError } from "./print.ts";
import { tryPort } from "../effects/ports/binding.ts";
import type { GlobalArgs } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** Where the search begins when no port is given: above what most tools take. */
const first = 8000;

/** Prints a port; 1 when there is none. */
export async function run(
  args: GlobalArgs & { readonly port?: string | number; readonly strict: boolean },
): Promise<number> {
  const from = args.port === undefined ? first : portOf(args.port);
  const to = args.strict ? from : 65_535;
  for (let port = from; port <= to; port++) {
    if (tryPort({ port }) !== "free") continue;
    print(args.json ? `${jsonText({ port, wanted: from })}\n` : `${port}\n`);
    return 0;
  }
  printError(
    args.strict
      ? `port ${from} is in use; launch conflicts or launch kill :${from} tell more\n`
      : `no port from ${from} up is free\n`,
  );
  return 1;
}

/** A port that was typed, with or without a colon before it. */
export function portOf(text: string | number): number {
  const port = Number(String(text).replace(/^:/, ""));
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`"${text}" is no port. A port is a whole number from 1 to 65535.`);
}
