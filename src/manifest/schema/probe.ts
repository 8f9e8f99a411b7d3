// Readiness and health: the same kinds of probe, with different timing.

import * as z from "zod/mini";
import { defaults } from "./defaults.ts";
import { map, optional } from "./keys.ts";
import { choice, command, count, duration, flag, name, template, text, whole } from "./scalars.ts";

const status = whole(100, 599);
const statusesError = "an HTTP status such as 200, or a list of them";
const statuses = z.union([status, z.array(status).check(z.minLength(1, { error: statusesError }))], {
  error: statusesError,
});

const headerError = "the name of a header, as it is sent";
const headerName = z.string().check(z.regex(/^[!#%&'*+.^_`|~0-9A-Za-z-]+$/, { error: headerError }));

const yes = z.literal(true, { error: "true" });

const kinds = {
  http: optional(
    template,
    "Asks a path on the first port, or a whole URL, whose user and password are sent; good is a status from 200 to 399, or `status`. What curl takes is an answer.",
  ),
  tcp: optional(template, "Connects: an endpoint's name, a port or `host:port`."),
  exec: optional(
    command,
    "Runs a command with the service's environment; good is an end with 0. Where the service has a port, `ready` runs it when that listens, or after 2 s.",
  ),
  log: optional(text, "A regular expression that a line of the service's output matches."),
  listen: optional(
    z.union([yes, name], { error: "an endpoint's name, or true" }),
    "An endpoint's name (`main` for `port:`), or `true` for its first: a socket of the service's own processes listens on it.",
  ),
  status: optional(statuses, "With `http`: the status or statuses that count as good."),
  headers: optional(
    z.record(headerName, template, { error: "a map of header names to values" }),
    "With `http`: headers to send.",
  ),
  body: optional(text, "With `http`: a regular expression that the answer's first 64 KiB must match."),
  owner: optional(
    choice(["tree", "any"]),
    "`tree`: the answering socket must belong to the service's own processes. `any`: for launchers whose server runs elsewhere (`docker compose up`); always so for `external`.",
    defaults.ready.owner,
  ),
};

export const readyMap = map(
  { id: "Ready", title: "`ready` as a map", description: "One kind of probe and its timing." },
  {
    ...kinds,
    none: optional(yes, "Nothing is asked but that it lives."),
    notify: optional(yes, "Its own word: `READY=1` on `$NOTIFY_FD` or to `$NOTIFY_SOCKET`. See Readiness by message."),
    timeout: optional(
      duration,
      "From the start; past it: a warning in a terminal, a failure without one. See Ready.",
      defaults.ready.timeout,
    ),
    attempt: optional(
      duration,
      "For one whole try of `http`, `tcp` or `exec` (`health.timeout` is its twin).",
      defaults.ready.attempt,
    ),
    interval: optional(
      duration,
      "Between two tries; default: 250 ms once somebody answers, before that 10 ms in the first second and then slowing to 250 ms.",
    ),
    success: optional(count, "Successes in a row that are needed; with `log`: lines.", defaults.ready.success),
    failures: optional(
      count,
      "Failures in a row after which the service has failed, before its `timeout`; refusals within 250 ms count once if there is no `interval`; default: never, as with `log` and `notify`.",
    ),
  },
);

export const healthMap = map(
  { id: "Health", title: "`health` as a map", description: "One kind of probe and its timing." },
  {
    ...kinds,
    none: optional(yes, "Nothing is checked."),
    interval: optional(duration, "Between two probes.", defaults.health.interval),
    timeout: optional(duration, "For one whole probe (`ready.attempt` is its twin).", defaults.health.timeout),
    failures: optional(count, "Failures in a row until it counts as unhealthy.", defaults.health.failures),
    success: optional(count, "Successes in a row until it counts as healthy again.", defaults.health.success),
    restart: optional(flag, "True: an unhealthy service is restarted.", defaults.health.restart),
  },
);

const of = "a map with one of http, tcp, exec, log, listen";

export const ready = z.union([choice(["listen", "notify", "none"]), readyMap], {
  error: `listen, notify, none, or ${of}, notify`,
});
export const health = z.union([choice(["listen", "none"]), healthMap], { error: `listen, none, or ${of}` });
