// Where a service listens instead of where it is asked, in words that say what to do. Pure.

import type { Port } from "./service.ts";

/** A socket of the service's own processes. */
export interface OwnSocket {
  readonly port: Port;
  readonly address: string;
  /** Not given: TCP. */
  readonly transport?: "udp";
}

/** Where the service was expected. */
export interface Expected {
  readonly port: Port;
  /** Not given: TCP. */
  readonly transport?: "udp";
  /** The variable that tells it the port; undefined for a port that launch did not give it. */
  readonly variable: string | undefined;
  /** All ports that it was given. */
  readonly given: readonly Port[];
}

/** From here on systems give ports to who asks for none. */
const givenFrom: Port = 32_768;

/** More than these are not listed. */
const most = 3;

/** `it listens on 3000, not 3001; does it use $PORT?`; undefined when nothing of the kind can be said. Nobody is reached at the port as it is. */
export function describeElsewhere(expected: Expected, own: readonly OwnSocket[]): string | undefined {
  const { port, transport } = expected;
  const there = own.filter((socket) => socket.port === port);
  const addresses = unique(there.filter((socket) => socket.transport === transport).map(({ address }) => address));
  if (addresses.length > 0) return `it listens on ${listed(addresses)} only: say \`host: ${addresses[0]}\``;
  if (there.length > 0) {
    return transport === "udp"
      ? `it listens on TCP port ${port}: leave out \`protocol: udp\``
      : `it has UDP port ${port} open, and listens on no TCP port of that number: say \`protocol: udp\``;
  }
  return describeOthers(expected, own);
}

function describeOthers({ port, transport, variable, given }: Expected, own: readonly OwnSocket[]): string | undefined {
  const others = own.filter((socket) => socket.transport === transport && !given.includes(socket.port));
  const ports = unique(others.filter(isChosen).map((socket) => String(socket.port)));
  if (ports.length === 0) return undefined;
  const remedy = variable === undefined ? "" : `; does it use $${variable}?`;
  return `it listens on ${transport === "udp" ? "UDP port " : ""}${listed(ports)}, not ${port}${remedy}`;
}

/** Whoever sends datagrams has a port of UDP that the system gives, which says nothing. */
function isChosen({ port, transport }: OwnSocket): boolean {
  return transport === undefined || port < givenFrom;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, most);
  const more = values.length > most ? ` and ${values.length - most} more` : "";
  if (more !== "" || shown.length === 1) return shown.join(", ") + more;
  return `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
