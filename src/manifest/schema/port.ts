// A port: a number, a word, or a map that says how it may move.

import * as z from "zod/mini";
import { defaults } from "./defaults.ts";
import { map, optional } from "./keys.ts";
import { choice, flag, scheme, whole } from "./scalars.ts";

const portNumber = whole(1, 65_535);

const portWords = choice(["auto", "dynamic"]);

const portError =
  "a port from 1 to 65535, auto, dynamic, or a map with preferred, range, fixed, on_conflict, socket or protocol";

const numberOrWord = z.union([portNumber, portWords], { error: "a port from 1 to 65535, auto or dynamic" });

/** The answers that a manifest may preselect. */
const conflictAnswers = ["ask", "next", "kill", "adopt", "wait", "skip", "quit", "fail"] as const;

const rangeError = "a range of ports such as 8000-8010";

export const range = z.string({ error: rangeError }).check(z.regex(/^\d{1,5}-\d{1,5}$/, { error: rangeError }));

export const portMap = map(
  { id: "Port", title: "A port as a map", description: "How a port is chosen and how it may move." },
  {
    port: optional(numberOrWord, "The number, `auto` (from `port_pool`) or `dynamic` (any free one)."),
    preferred: optional(portNumber, "The number to take if it is free; the same as `port: NUMBER`."),
    range: optional(range, "Where it may move to, both ends included: `8765-8775`."),
    fixed: optional(flag, "True: it never moves; when taken, the start fails or asks.", false),
    on_conflict: optional(
      choice(conflictAnswers),
      "The answer that is preselected when the port is taken.",
      defaults.onConflict,
    ),
    socket: optional(
      flag,
      "True: launch listens on this port and hands the socket on. See Socket activation.",
      defaults.socket,
    ),
    protocol: optional(
      scheme,
      "What the exported URL starts with: `http`, `ws`, `tcp` …; default: the service's `scheme`. With `udp` it is a port of UDP.",
    ),
  },
);

export const port = z.union([portNumber, portWords, portMap], { error: portError });
