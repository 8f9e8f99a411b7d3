// Trying and holding ports by binding them, without ever listening: a port that is only bound accepts no connection, and
// every server that sets SO_REUSEADDR (all but a few) may still take it.

import { readFileSync } from "node:fs";
import { BoundSocket, isIP } from "node:net";
import type { Port, PortRange } from "../../core/service.ts";
import type { Binding } from "../../plan/binding.ts";
import { hasProc } from "../processes/proc.ts";
import { bindDatagrams } from "./datagrams.ts";

/** What the system says when a port is asked for. */
export type PortState = "free" | "in-use" | "privileged";

/** A port kept by us, or by nobody, until it is disposed of. */
export interface Hold extends Disposable {
  readonly port: Port;
  /** The socket that a service is to get. */
  readonly socket?: ReservedSocket;
}

/** A socket for a service, over all its runs. */
export interface ReservedSocket {
  readonly fd: number;
  /** False until `listening.ts` has made it so. */
  listens: boolean;
}

/** Where to bind, as `BoundSocket` takes it; without a host every address of one family. */
type Where = { readonly host: string } | { readonly ipv6Only: boolean };

// One number can be held by different programs on different addresses, and no single bind sees them all: a holder of
// ::1 does not stop 127.0.0.1, one of 127.0.0.2 does not stop `::`. On Linux the two wildcards together see every holder
// (left unnamed, since Node's look at a name compiles for 6 ms); elsewhere a wildcard may be bound beside a loopback
// address, so these are tried as well.
const everywhere: readonly Where[] = hasProc
  ? [{ ipv6Only: false }, { ipv6Only: true }]
  : ["127.0.0.1", "0.0.0.0", "::1", "::"].map((host) => ({ host }));

/** Whether a server could listen on the port: on its own address if its host is one, else on every address of the machine. */
export function tryPort(binding: Binding): PortState {
  for (const where of placesFor(binding.host)) {
    const bound = bind(binding, where);
    if (bound === "in-use" || bound === "privileged") return bound;
    if (bound !== "no-address") bound[Symbol.dispose]();
  }
  return "free";
}

/** Takes the port without listening on it, or says why not, as `tryPort` would; port 0 takes any that the system gives. */
export function holdPort(binding: Binding): Hold | Exclude<PortState, "free"> {
  const { port } = binding;
  if (port === 0) return holdAny(binding);
  using bound = new DisposableStack();
  for (const where of placesFor(binding.host)) {
    const socket = bind(binding, where);
    if (socket === "in-use" || socket === "privileged") return socket;
    if (socket !== "no-address") bound.use(socket);
  }
  // An address that is not there cannot be kept, and nobody else can take it either.
  const kept = bound.move();
  return { port, [Symbol.dispose]: () => kept.dispose() };
}

/** Takes the TCP port by the very socket that the service is to get, on its host if that is an address, else on 127.0.0.1. */
export function holdSocket({ port, host }: Binding): Hold | Exclude<PortState, "free"> {
  const bound = bindStream(port, { host: isAddress(host) ? host : "127.0.0.1" });
  // An address that this machine does not have is nobody's; what cannot be listened on is as good as taken.
  if (typeof bound === "string") return bound === "no-address" ? "in-use" : bound;
  return { port, socket: { fd: bound.fd(), listens: false }, [Symbol.dispose]: () => bound[Symbol.dispose]() };
}

function holdAny(binding: Binding): Hold | Exclude<PortState, "free"> {
  const { host } = binding;
  // The dual-stack wildcard keeps the number for both families; without IPv6 there is only the other one.
  for (const where of isAddress(host) ? [{ host }] : [{ host: "::" }, { host: "0.0.0.0" }]) {
    const bound = bind(binding, where);
    if (bound === "no-address") continue;
    if (typeof bound === "string") return bound;
    return { port: bound.address().port, [Symbol.dispose]: () => bound[Symbol.dispose]() };
  }
  return { port: 0, [Symbol.dispose]: () => {} };
}

/** `host` if it is a numeric address, else all that have to be free. */
function placesFor(host: string | undefined): readonly Where[] {
  return isAddress(host) ? [{ host }] : everywhere;
}

function isAddress(host: string | undefined): host is string {
  return host !== undefined && isIP(host) !== 0;
}

/** A socket that is bound, and gives up its port when it is disposed of. */
type Bound = Disposable & { address(): { readonly port: Port } };

function bind({ transport, port }: Binding, where: Where): Bound | Exclude<PortState, "free"> | "no-address" {
  if (transport !== "udp") return bindStream(port, where);
  const host = "host" in where ? where.host : where.ipv6Only ? "::" : "0.0.0.0";
  const bound = bindDatagrams(port, host, "ipv6Only" in where && where.ipv6Only);
  return bound instanceof Error ? stateOf(bound) : bound;
}

// BoundSocket sets SO_REUSEADDR as servers do, so neither a closing connection (TIME_WAIT) nor another's bound but not
// listening socket that sets it too counts as a holder: a server could listen there. One that does not set it does count.
function bindStream(port: Port, where: Where): BoundSocket | "in-use" | "privileged" | "no-address" {
  try {
    return new BoundSocket({ ...where, port });
  } catch (error) {
    return stateOf(error as NodeJS.ErrnoException);
  }
}

/** What the system's refusal says about the port; what says nothing about it is thrown. */
function stateOf(error: NodeJS.ErrnoException): "in-use" | "privileged" | "no-address" {
  const state = stateByCode[error.code ?? ""];
  if (state === undefined) throw error;
  return state;
}

const stateByCode: Readonly<Record<string, "in-use" | "privileged" | "no-address">> = {
  EADDRINUSE: "in-use",
  EACCES: "privileged",
  EADDRNOTAVAIL: "no-address",
  EAFNOSUPPORT: "no-address",
  EINVAL: "no-address",
};

/** Where the system takes the source ports of clients from; `undefined` where it does not say (macOS). */
export function readEphemeralRange(): PortRange | undefined {
  try {
    const [from, to] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "latin1").trim().split(/\s+/).map(Number);
    return from !== undefined && to !== undefined ? { from, to } : undefined;
  } catch {
    return undefined;
  }
}
