// Where a probe goes: from the words of the manifest, rendered, to addresses that can be connected to. Pure.

import type { Port, Service } from "../../core/service.ts";

/** The ports that the service's endpoints have in this run, by endpoint name. */
export type Ports = Readonly<Record<string, Port>>;

/** Addresses to try in order, the next one when a connection is refused, and a port. */
export interface Target {
  readonly hosts: readonly string[];
  readonly port: Port;
}

/** What an HTTP probe asks for. */
export interface HttpTarget extends Target {
  readonly secure: boolean;
  /** Path and query, encoded. */
  readonly path: string;
  /** The host that the manifest names, for the Host header and the certificate; absent: the address itself. */
  readonly named?: string;
  /** `user:password` of the URL, decoded. */
  readonly credentials?: string;
}

/** Either loopback address when the service binds no certain one: some servers listen on ::1 only. */
const loopback = ["127.0.0.1", "::1"];

/** The addresses that reach a service bound to `host`; a wildcard is reached by loopback. */
export function hostsOf(host: string | undefined): readonly string[] {
  if (host === undefined || host === "0.0.0.0" || isLocalName(host)) return loopback;
  if (host === "::" || host === "[::]") return loopback.toReversed();
  return [host.replace(/^\[(.*)\]$/, "$1")];
}

/** The port of the endpoint called `main`, or of the first one. */
export function mainPort(service: Service, ports: Ports): Port | undefined {
  const first = service.endpoints[0];
  return ports["main"] ?? (first === undefined ? undefined : ports[first.name]);
}

/** Where `tcp: main`, `tcp: 5432` or `tcp: 10.0.0.5:5432` leads; `undefined` when it names nothing. */
export function tcpTarget(address: string, service: Service, ports: Ports): Target | undefined {
  const endpoint = ports[address];
  if (endpoint !== undefined) return { hosts: hostsOf(service.host), port: endpoint };
  const split = address.lastIndexOf(":");
  const port = toPort(address.slice(split + 1));
  if (port === undefined) return undefined;
  return { hosts: hostsOf(split < 1 ? service.host : address.slice(0, split)), port };
}

/** Where a path on the main endpoint or a whole URL leads; `undefined` when it is neither. */
export function httpTarget(target: string, service: Service, ports: Ports): HttpTarget | undefined {
  if (/^https?:\/\//i.test(target)) return wholeUrl(target);
  const port = mainPort(service, ports);
  if (port === undefined) return undefined;
  const main = service.endpoints.find((endpoint) => ports[endpoint.name] === port);
  const scheme = main?.protocol ?? service.scheme;
  const url = URL.parse(target.startsWith("/") ? target : `/${target}`, "http://path");
  if (url === null) return undefined;
  const secure = scheme === "https" || scheme === "wss";
  return { hosts: hostsOf(service.host), port, secure, path: url.pathname + url.search };
}

/** `127.0.0.1:4000`, `[::1]:4000`. */
export function describeAddress(host: string, port: Port): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** True for addresses that never leave this machine. */
export function isLoopback(host: string): boolean {
  return host === "::1" || host.startsWith("127.");
}

function wholeUrl(target: string): HttpTarget | undefined {
  const url = URL.parse(target);
  if (url === null) return undefined;
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const { hostname: named, username, password } = url;
  const hasCredentials = username !== "" || password !== "";
  return {
    hosts: hostsOf(named),
    port,
    secure,
    path: url.pathname + url.search,
    named,
    ...(hasCredentials && { credentials: `${decoded(username)}:${decoded(password)}` }),
  };
}

/** What is not well encoded is taken as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isLocalName(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost");
}

function toPort(text: string): Port | undefined {
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : undefined;
}
