// Which ports an endpoint may have, in the order in which they are tried. The plan lists candidates; the machine
// answers (`effects/ports/ports.ts`). What may be answered when none can be had is in `conflicts.ts`.

import type { Endpoint, Port, PortRange, Project, Service } from "../core/service.ts";

/** A number to try, or `os`: whatever free port the system gives. */
export type Candidate = Port | "os";

/** What the candidates of one endpoint depend on besides its manifest. */
export interface PortRules {
  readonly pool: Project["portPool"];
  /** The port that this worktree gave the endpoint earlier. */
  readonly remembered?: Port;
  /** True with `--strict-ports`: a preferred port never moves. */
  readonly strict: boolean;
  /** Numbers that other endpoints prefer or have: never taken from the pool. */
  readonly taken: ReadonlySet<Port>;
  /** Where the system takes the source ports of clients from; Linux's default when not given. */
  readonly ephemeral?: PortRange;
}

/** True when the endpoint may get another port than its preferred one, asked or not. */
export function mayMove(endpoint: Endpoint, strict: boolean): boolean {
  if (endpoint.source !== "preferred") return true;
  return !endpoint.fixed && !strict;
}

/** The ports that are tried without asking anyone, in order. */
export function* candidatesFor(endpoint: Endpoint, rules: PortRules): Generator<Candidate> {
  const { remembered } = rules;
  if (remembered !== undefined && isStillWanted(endpoint, remembered, rules)) yield remembered;
  if (endpoint.preferred !== undefined && endpoint.preferred !== remembered) yield endpoint.preferred;
  if (endpoint.preferred !== undefined && endpoint.source === "preferred") return;
  for (const port of movesFor(endpoint, rules)) if (port !== remembered) yield port;
}

/**
 * Where the endpoint goes when its preferred port stays someone else's: within its range, first above that port; else just above
 * it, unless the manifest names a pool; else the pool, else the system. Empty when it never moves.
 */
export function* movesFor(endpoint: Endpoint, rules: PortRules): Generator<Candidate> {
  if (!mayMove(endpoint, rules.strict)) return;
  if (endpoint.range !== undefined) {
    // The manifest's own range is taken as it is: who wrote it may want an unusual port.
    for (const port of fromAbove(endpoint.range, endpoint.preferred)) if (!rules.taken.has(port)) yield port;
    return;
  }
  if (endpoint.source === "dynamic") {
    yield "os";
    return;
  }
  if (endpoint.preferred !== undefined && rules.pool.isGiven !== true) yield* portsAbove(endpoint.preferred, rules);
  yield* poolPorts(rules);
  if (rules.pool.fallback === "os") yield "os";
}

/** The range in which nothing was free, when the endpoint is not allowed to look elsewhere. */
export function rangeOf(endpoint: Endpoint, pool: Project["portPool"]): PortRange | undefined {
  if (endpoint.range !== undefined) return endpoint.range;
  if (endpoint.source === "auto" && pool.fallback === "fail") return { from: pool.from, to: pool.to };
  return undefined;
}

/** True when the endpoint would get this port in the next run as well: one that the system has just given says nothing of that. */
export function isForeseen(
  endpoint: Endpoint,
  port: Port,
  { pool, remembered }: Pick<PortRules, "pool" | "remembered">,
): boolean {
  if (port === remembered || endpoint.source === "preferred") return true;
  return endpoint.source === "auto" && (endpoint.range !== undefined || (port >= pool.from && port <= pool.to));
}

/** What an endpoint asks for, in a few words: a port that it was given for something else is not remembered. */
export function wishOf(
  { host }: Pick<Service, "host">,
  { transport, preferred, source, range }: Pick<Endpoint, "transport" | "preferred" | "source" | "range">,
  pool: Project["portPool"],
): string {
  const takesFromPool = source === "auto" || (source === "preferred" && pool.isGiven === true);
  const room = range ?? (takesFromPool ? pool : undefined);
  const within = room === undefined ? [] : [`${room.from}-${room.to}`];
  return [transport ?? "tcp", preferred ?? source, ...within, ...(host === undefined ? [] : [host])].join(" ");
}

// An earlier choice holds as long as the manifest still allows it.
function isStillWanted(endpoint: Endpoint, port: Port, rules: PortRules): boolean {
  if (port === endpoint.preferred) return true;
  if (!mayMove(endpoint, rules.strict) || rules.taken.has(port)) return false;
  if (endpoint.range !== undefined) return port >= endpoint.range.from && port <= endpoint.range.to;
  if (endpoint.source !== "auto" || rules.pool.fallback === "os") return true;
  return port >= rules.pool.from && port <= rules.pool.to;
}

/** The ports of a range above this one, then those below it. */
function* fromAbove(range: PortRange, port: Port | undefined): Generator<Port> {
  const start = port === undefined ? range.from : Math.max(port + 1, range.from);
  yield* portsIn({ from: start, to: range.to });
  yield* portsIn({ from: range.from, to: Math.min(start - 1, range.to) }, port);
}

/** How far above a taken port the next one is looked for: a person finds it there, and it is not yet another service's. */
const reach = 20;

/** The ports just above this one, without those that only a pool that has nothing else gives. */
function* portsAbove(preferred: Port, rules: PortRules): Generator<Port> {
  const isRisky = riskOf(rules, preferred);
  for (const port of portsIn({ from: preferred + 1, to: Math.min(preferred + reach, 65_535) })) {
    if (!rules.taken.has(port) && !isRisky(port)) yield port;
  }
}

// Ports that a browser refuses or that a client may take in between come last: only a pool that has nothing else gives them.
function* poolPorts(rules: PortRules): Generator<Port> {
  const isRisky = riskOf(rules);
  for (const port of portsIn(rules.pool)) if (!rules.taken.has(port) && !isRisky(port)) yield port;
  for (const port of portsIn(rules.pool)) if (!rules.taken.has(port) && isRisky(port)) yield port;
}

/** Which ports a browser refuses, or a client may take in between; beside a port that is such itself only the former. */
function riskOf({ ephemeral = linuxEphemeral }: PortRules, beside?: Port): (port: Port) => boolean {
  const isEphemeral = (port: Port): boolean => port >= ephemeral.from && port <= ephemeral.to;
  const isAmongThem = beside !== undefined && isEphemeral(beside);
  return (port) => isBrowserBlocked(port) || (!isAmongThem && isEphemeral(port));
}

function* portsIn(range: PortRange, without?: Port): Generator<Port> {
  for (let port = range.from; port <= range.to; port++) if (port !== without) yield port;
}

const linuxEphemeral: PortRange = { from: 32_768, to: 60_999 };

/** True for the ports that no browser opens (https://fetch.spec.whatwg.org/#port-blocking). */
export function isBrowserBlocked(port: Port): boolean {
  return browserBlocked.has(port);
}

// prettier-ignore
const browserBlocked: ReadonlySet<Port> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117,
  119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
  989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
