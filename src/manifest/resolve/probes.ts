// `ready:` and `health:` -> probes.

import { setFlagsFromString } from "node:v8";
import { isLinear, linearRemedy } from "../../core/linear.ts";
import type { Command, Endpoint, Health, Probe, Readiness, ServiceType } from "../../core/service.ts";
import { mainEndpoint } from "../names.ts";
import type { ServiceInput } from "../schema.ts";
import { defaults } from "../schema/defaults.ts";
import { didYouMean } from "../suggest.ts";
import type { Path } from "../tree.ts";
import { resolveDuration } from "./durations.ts";
import { report } from "./saying.ts";
import type { Saying } from "./saying.ts";

/** What a probe is judged against. */
export interface Probed {
  /** What it is called: what it is asked may stand in `defaults`, for all. */
  readonly name: string;
  readonly type: ServiceType;
  readonly endpoints: readonly Endpoint[];
}

type ReadyMap = Exclude<NonNullable<ServiceInput["ready"]>, string>;
type HealthMap = Exclude<NonNullable<ServiceInput["health"]>, string>;
type ProbeMap = ReadyMap | HealthMap;

const kinds = ["http", "tcp", "exec", "log", "listen", "notify", "none"] as const;

/** The readiness gate, by default `listen` on the first endpoint. */
export function resolveReady(input: ServiceInput["ready"], probed: Probed, saying: Saying): Readiness {
  const map: ReadyMap = typeof input === "string" ? { [input]: true } : (input ?? {});
  const probe = resolveProbe(map, ["ready"], probed, saying);
  if (probed.type === "external" && probe.kind === "none") {
    report(
      saying,
      input === undefined ? [] : ["ready"],
      "an external service is known by its port or probe, and this one has neither",
      "Give it a `port:`, or a `ready:` with http, tcp or exec.",
    );
  }
  if (probed.type === "external" && probe.kind === "log") {
    report(saying, ["ready", "log"], "an external service's output is not seen", "Use http, tcp or exec.");
  }
  if (probed.type !== "service" && probe.kind === "notify") {
    const who =
      probed.type === "task" ? "a task is ready once it has completed" : "an external service tells launch nothing";
    report(saying, ["ready"], `${who}: \`notify\` has no meaning`, "Remove it.");
  }
  return {
    probe,
    timeout: resolveDuration(map.timeout ?? defaults.ready.timeout, ["ready", "timeout"], saying),
    attempt: resolveDuration(map.attempt ?? defaults.ready.attempt, ["ready", "attempt"], saying),
    ...(map.interval !== undefined && { interval: resolveDuration(map.interval, ["ready", "interval"], saying) }),
    success: map.success ?? defaults.ready.success,
    ...(map.failures !== undefined && { failures: map.failures }),
    owner: ownerOf(map, probed),
  };
}

/** The checks after it became ready; none unless declared. */
export function resolveHealth(input: ServiceInput["health"], probed: Probed, saying: Saying): Health | undefined {
  if (input === undefined) return undefined;
  const map: HealthMap = typeof input === "string" ? { [input]: true } : input;
  const probe = resolveProbe(map, ["health"], probed, saying);
  if (map.none === true) return undefined;
  if (probe.kind === "none") {
    report(saying, ["health"], "`health` has nothing to check", "Name one of http, tcp, exec, log, listen.");
  }
  if (probe.kind === "log") {
    report(
      saying,
      ["health", "log"],
      "a line of output is said once and cannot be checked again",
      "Use http, tcp, exec or listen.",
    );
  }
  return {
    probe,
    interval: resolveDuration(map.interval ?? defaults.health.interval, ["health", "interval"], saying),
    timeout: resolveDuration(map.timeout ?? defaults.health.timeout, ["health", "timeout"], saying),
    failures: map.failures ?? defaults.health.failures,
    success: map.success ?? defaults.health.success,
    restart: map.restart ?? defaults.health.restart,
    owner: ownerOf(map, probed),
  };
}

/** A string for the shell or a list of arguments, as core has it. */
export function resolveCommand(command: string | readonly string[]): Command {
  return typeof command === "string" ? { shell: command } : { args: command };
}

function ownerOf(map: ProbeMap, { type }: Probed): "tree" | "any" {
  return type === "external" ? "any" : (map.owner ?? defaults.ready.owner);
}

// What runs elsewhere may be in a container or on another host, where only a connection can tell.
function defaultProbe({ type, endpoints: [first] }: Probed): Probe {
  if (first === undefined) return { kind: "none" };
  return type === "external" ? { kind: "tcp", address: first.name } : { kind: "listen", endpoint: first.name };
}

function resolveProbe(map: ProbeMap, path: Path, probed: Probed, saying: Saying): Probe {
  const said: Readonly<Record<string, unknown>> = map;
  const [kind, second] = kinds.filter((each) => said[each] !== undefined);
  if (second !== undefined) {
    report(saying, [...path, second], `one kind of probe, not both ${kind} and ${second}`, "Keep one of them.");
  }
  if (kind !== "http") {
    for (const key of ["status", "headers", "body"] as const) {
      if (map[key] !== undefined) report(saying, [...path, key], `\`${key}\` belongs to an http probe`);
    }
  }
  if (kind === undefined) return defaultProbe(probed);
  switch (kind) {
    case "none":
    case "notify":
      return { kind };
    case "listen":
      return { kind, endpoint: endpointNamed(map.listen ?? "", [...path, kind], probed, saying) };
    case "tcp":
      return { kind, address: addressOf(map.tcp ?? "", [...path, kind], probed, saying) };
    case "exec":
      return { kind, command: resolveCommand(map.exec ?? "") };
    case "log":
      return { kind, pattern: regularExpression(map.log ?? "", [...path, kind], saying) };
    case "http":
      return {
        kind,
        target: targetOf(map.http ?? "", [...path, kind], probed, saying),
        status: map.status === undefined ? [] : [map.status].flat(),
        headers: map.headers ?? {},
        ...(map.body !== undefined && { body: regularExpression(map.body, [...path, "body"], saying) }),
      };
  }
}

function endpointNamed(given: string | true, path: Path, probed: Probed, saying: Saying): string {
  const { endpoints } = probed;
  const name = given === true ? (endpoints[0]?.name ?? "") : given;
  if (endpoints.length === 0) reportNoPort(path, "listen", probed, saying);
  else if (endpoints.every((endpoint) => endpoint.name !== name)) reportNoEndpoint(name, path, endpoints, saying);
  return name;
}

function addressOf(address: string, path: Path, { endpoints }: Probed, saying: Saying): string {
  const isAddress = address.includes("$") || /^\d{1,5}$/.test(address) || /^\S+:\d{1,5}$/.test(address);
  if (isAddress || endpoints.some(({ name }) => name === address)) return address;
  reportNoEndpoint(address, path, endpoints, saying);
  return address;
}

function targetOf(target: string, path: Path, { name, endpoints }: Probed, saying: Saying): string {
  if (target.startsWith("/")) {
    if (endpoints.length === 0) {
      report(
        saying,
        path,
        `a path needs a port to be asked on, and ${name} has none`,
        "Give the service a `port:`, or write a whole URL.",
      );
    }
  } else if (!/^(?:https?:\/\/|\$)/.test(target)) {
    report(
      saying,
      path,
      "an http probe asks a path such as /health or a URL",
      /^[^/\s]+:\d+/.test(target) ? `Write http://${target} in full.` : `Write /${target}, or http://… in full.`,
    );
  }
  return target;
}

/** The engine looks for it in what services write, and must not be held up by it. */
function regularExpression(pattern: string, path: Path, saying: Saying): string {
  const variable = variableIn(pattern);
  if (variable !== undefined) {
    const remedy = String.raw`Write out what is to match; a dollar sign itself is \$.`;
    report(saying, path, `${variable} is not rendered in a regular expression`, remedy);
    return pattern;
  }
  try {
    void new RegExp(pattern, "u");
    setFlagsFromString("--enable-experimental-regexp-engine");
    if (!isLinear(pattern)) report(saying, path, "this pattern could take for ever on a long line", linearRemedy);
  } catch (error) {
    // The engine's own words, without the pattern that the excerpt shows anyway.
    const reason = error instanceof Error ? error.message.replace(/^.*\/u?: /s, "") : "";
    report(saying, path, `not a regular expression: ${reason}`);
  }
  return pattern;
}

// As an expression, a name behind the end of the line matches nothing. In brackets, or escaped, a dollar is one.
function variableIn(pattern: string): string | undefined {
  const [, variable] =
    /^(?:\\[^]|\[(?:\\[^]|[^\]\\])*\]|(?!\$\{?[A-Za-z_])[^\\[])*?(\$(?:\{[A-Za-z_]\w*[^}]*\}|[A-Za-z_]\w*))/.exec(
      pattern,
    ) ?? [];
  return variable;
}

function reportNoPort(path: Path, what: string, { name }: Probed, saying: Saying): void {
  report(saying, path, `\`${what}\` needs a port, and ${name} has none`, "Give the service a `port:`.");
}

function reportNoEndpoint(name: string, path: Path, endpoints: readonly Endpoint[], saying: Saying): void {
  const names = endpoints.map((endpoint) => endpoint.name);
  const known =
    names.length === 0
      ? "The service has no ports."
      : `Its endpoints: ${names.join(", ")}; \`${mainEndpoint}\` is the one of \`port:\`.`;
  report(saying, path, `no endpoint is called "${name}"`, didYouMean(name, names) ?? known);
}
