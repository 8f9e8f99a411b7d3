// This machine's sockets as probes see them. Services that wait together share one look at the counters.

import { now } from "../clock.ts";
import { ownSockets } from "../ports/own-sockets.ts";
import { owns } from "../ports/ownership.ts";
import { type Listener, pollListeners, readListeners, readSocketCount } from "../ports/sockets.ts";
import type { Sockets } from "./subject.ts";

/** Looks closer together than this many milliseconds are one look. */
const together = 2;

let lookedAt = Number.NEGATIVE_INFINITY;
let rows: Promise<readonly Listener[]> | undefined;

function look(transport?: "udp"): Promise<readonly Listener[]> {
  // Few services have a UDP port.
  if (transport === "udp") return pollListeners(transport);
  if (rows === undefined || now() - lookedAt >= together) {
    lookedAt = now();
    rows = pollListeners();
  }
  return rows;
}

/** The sockets of this network namespace. */
export const systemSockets: Sockets = {
  read: readListeners,
  poll: look,
  count: readSocketCount,
  own: ownSockets,
  owns,
};
