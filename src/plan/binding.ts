// What a server binds: protocol, address and number. One number on two addresses, or for TCP and UDP, is two ports. Pure.

import type { Endpoint, Port, Service } from "../core/service.ts";

/** Where a server listens. */
export interface Binding {
  /** Not given: TCP. */
  readonly transport?: "udp";
  /** Not given, or a name: every address of the machine. */
  readonly host?: string;
  readonly port: Port;
}

/** What the service binds for the endpoint when it has this port. */
export function bindingOf(
  { host }: Pick<Service, "host">,
  { transport }: Pick<Endpoint, "transport">,
  port: Port,
): Binding {
  return { ...(transport !== undefined && { transport }), ...(host !== undefined && { host }), port };
}

/** True when two servers cannot have both: they contend for some address. */
export function overlaps(one: Binding, other: Binding): boolean {
  if (one.port !== other.port || one.transport !== other.transport) return false;
  const [a, b] = [scopeOf(one.host), scopeOf(other.host)];
  return a === b || a === "every" || b === "every" || (a === "ipv4" && isIPv4(b)) || (b === "ipv4" && isIPv4(a));
}

/** The addresses that a server on this host takes: every one, every one of IPv4, or a single one in its usual spelling. */
export function scopeOf(host: string | undefined): string {
  if (host === undefined) return "every";
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  if (isIPv4(bare)) return bare === "0.0.0.0" ? "ipv4" : bare;
  // A name may mean any address, as far as can be told here.
  if (!bare.includes(":")) return "every";
  const address = URL.parse(`http://[${bare}]`)?.hostname.slice(1, -1) ?? bare.toLowerCase();
  return address === "::" ? "every" : (mappedIPv4(address) ?? address);
}

function isIPv4(address: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address);
}

/** `127.0.0.1` of `::ffff:7f00:1`. */
function mappedIPv4(address: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bytes = [high, low].flatMap((half) => [Number.parseInt(half, 16) >> 8, Number.parseInt(half, 16) & 255]);
  return bytes.join(".");
}
