// Readiness and health: the same kinds of probe, with different timing.

import * as z from "zod";
import { defaults } from "./defaults.ts";
import { choice, command, count, duration, flag, name, template, text, whole } from "./scalars.ts";

const status = whole(100, 599);
const statuses = z.union([status, z.array(status).min(1)], { error: "an HTTP status such as 200, or a list of them" });

const kinds = {
  http: template.exactOptional().meta({
    description: "Asks a path on the first port, or a whole URL; good is a status from 200 to 399, or `status`.",
  }),
  tcp: template.exactOptional().meta({ description: "Connects: an endpoint's name, a port or `host:port`." }),
  exec: command
    .exactOptional()
    .meta({ description: "Runs a command with the service's environment; good is an end with 0." }),
  log: text.exactOptional().meta({ description: "A regular expression that a line of the service's output matches." }),
  listen: name.exactOptional().meta({
    description: "An endpoint's name (`main` for `port:`): a socket of the service's own processes listens on it.",
  }),
  status: statuses.exactOptional().meta({ description: "With `http`: the status or statuses that count as good." }),
  headers: z
    .record(z.string(), template, { error: "a map of header names to values" })
    .exactOptional()
    .meta({ description: "With `http`: headers to send." }),
  body: text
    .exactOptional()
    .meta({ description: "With `http`: a regular expression that the answer's first 64 KiB must match." }),
  owner: choice(["tree", "any"]).exactOptional().meta({
    description:
      "`tree`: the answering socket must belong to the service's own processes. `any`: for launchers whose server runs elsewhere (`docker compose up`); always so for `external`.",
    default: defaults.ready.owner,
  }),
};

export const readyMap = z
  .strictObject({
    ...kinds,
    notify: z.literal(true, { error: "true" }).exactOptional().meta({
      description: "Its own word: `READY=1` on `$NOTIFY_FD` or to `$NOTIFY_SOCKET`. See Readiness by message.",
    }),
    timeout: duration.exactOptional().meta({
      description: "From the start; past it: a warning in a terminal, a failure without one.",
      default: defaults.ready.timeout,
    }),
    interval: duration
      .exactOptional()
      .meta({ description: "Between two tries; default: 10 ms in the first second, then slowing to 250 ms." }),
    success: count
      .exactOptional()
      .meta({ description: "Successes in a row that are needed.", default: defaults.ready.success }),
    failures: count
      .exactOptional()
      .meta({ description: "Failures in a row that end the waiting early; default: never." }),
  })
  .meta({ id: "Ready", title: "`ready` as a map", description: "One kind of probe and its timing." });

export const healthMap = z
  .strictObject({
    ...kinds,
    interval: duration.exactOptional().meta({ description: "Between two probes.", default: defaults.health.interval }),
    timeout: duration.exactOptional().meta({ description: "For one whole probe.", default: defaults.health.timeout }),
    failures: count
      .exactOptional()
      .meta({ description: "Failures in a row until it counts as unhealthy.", default: defaults.health.failures }),
    success: count
      .exactOptional()
      .meta({ description: "Successes in a row until it counts as healthy again.", default: defaults.health.success }),
    restart: flag
      .exactOptional()
      .meta({ description: "True: an unhealthy service is restarted.", default: defaults.health.restart }),
  })
  .meta({ id: "Health", title: "`health` as a map", description: "One kind of probe and its timing." });

const of = "a map with one of http, tcp, exec, log, listen";

export const ready = z.union([choice(["listen", "notify", "none"]), readyMap], {
  error: `listen, notify, none, or ${of}, notify`,
});
export const health = z.union([choice(["listen", "none"]), healthMap], { error: `listen, none, or ${of}` });
