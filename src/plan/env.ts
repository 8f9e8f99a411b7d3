// What each service is told: the names of ports, its environment, and who names whose port. Pure.

import type { Command, Endpoint, Port, Probe, Service, Template } from "../core/service.ts";
import { type Lookup, namesIn, TemplateError, namesInShell } from "../manifest/interpolate.ts";
import { isDecided, literal, lookupIn, templates, valuesOf } from "../manifest/layers.ts";
import { exportNames, exportStem, mainEndpoint, upperSnake } from "../manifest/names.ts";

/** Ports by service and endpoint, as far as they are chosen. */
export type Assignment = Readonly<Record<string, Readonly<Record<string, Port>>>>;

/** What a run is called. */
export interface RunIdentity {
  readonly project: string;
  readonly instance: string;
  /** The service's own key; it proves who it is, and has no power over launch. */
  readonly identityKey: string;
}

/** The endpoint that `PORT`, the exported `_PORT` and a probe's path mean: `main`, otherwise the first. */
function mainEndpointOf(service: Service): Endpoint | undefined {
  return service.endpoints.find(({ name }) => name === mainEndpoint) ?? service.endpoints[0];
}

/** The names by which every service knows the ports of all: `<PREFIX><SERVICE>_PORT`, `_URL`, `_HOST` and one pair for each named endpoint. */
export function exportsOf(services: readonly Service[], assignment: Assignment): Readonly<Record<string, string>> {
  const known = knownExports.get(assignment);
  if (known?.services === services) return known.exports;
  const exports = Object.fromEntries(
    services.flatMap((service) => exportsOfService(service, assignment[service.name] ?? {})),
  );
  knownExports.set(assignment, { services, exports });
  return exports;
}

// Every service is told the same about all, so it is made once for each assignment.
const knownExports = new WeakMap<
  Assignment,
  { readonly services: readonly Service[]; readonly exports: Readonly<Record<string, string>> }
>();

function exportsOfService(
  service: Service,
  ports: Readonly<Record<string, Port>>,
): readonly (readonly [string, string])[] {
  const stem = exportStem(service.exportPrefix, service.name);
  const main = mainEndpointOf(service);
  const pair = (name: string, endpoint: Endpoint): readonly (readonly [string, string])[] => {
    const port = ports[endpoint.name];
    return port === undefined
      ? []
      : [
          [`${name}_PORT`, String(port)],
          [`${name}_URL`, urlOf(service, endpoint, port)],
        ];
  };
  const named = service.endpoints.filter(({ name }) => name !== mainEndpoint);
  return [
    ...(main === undefined ? [] : pair(stem, main)),
    ...(main === undefined || ports[main.name] === undefined
      ? []
      : [[`${stem}_HOST`, reachableHost(service)] as const]),
    ...named.flatMap((endpoint) => pair(`${stem}_${upperSnake(endpoint.name)}`, endpoint)),
  ];
}

/** `http://localhost:8765`: where others reach an endpoint. */
export function urlOf(service: Service, endpoint: Endpoint, port: Port): string {
  const host = reachableHost(service);
  return `${endpoint.protocol ?? service.scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

// A wildcard is an address to bind, not one to connect to.
function reachableHost({ host }: Service): string {
  return host === undefined || host === "0.0.0.0" || host === "::" ? "localhost" : host;
}

/** What launch itself tells one service besides everyone's exports: its ports and address, and the run's names. */
export function ownNames(service: Service, assignment: Assignment, run: RunIdentity): Record<string, string> {
  const ports = assignment[service.name] ?? {};
  const main =
    service.endpoints.length === 1 ? service.endpoints[0] : service.endpoints.find(({ name }) => name === mainEndpoint);
  const mainPort = main && ports[main.name];
  const named = service.endpoints.flatMap(({ name }) => {
    const port = ports[name];
    return name === mainEndpoint || port === undefined ? [] : [[`PORT_${upperSnake(name)}`, String(port)] as const];
  });
  return {
    ...(mainPort !== undefined && { PORT: String(mainPort) }),
    ...Object.fromEntries(named),
    ...(service.host !== undefined && { HOST: service.host }),
    LAUNCH_SERVICE: service.name,
    LAUNCH_PROJECT: run.project,
    LAUNCH_INSTANCE: run.instance,
    LAUNCH_IDENTITY_KEY: run.identityKey,
  };
}

/** Everything that a child's environment is made of. */
export interface EnvironmentSources {
  readonly service: Service;
  /** What launch tells this service alone; these win over the exports. */
  readonly own: Readonly<Record<string, string>>;
  /** What launch tells every service. */
  readonly exports: Readonly<Record<string, string>>;
  readonly processEnv: Readonly<Record<string, string | undefined>>;
  /** What the service's env files say. */
  readonly ownFiles: Readonly<Record<string, string>>;
  /** What the manifest's env files say, `.env` included. */
  readonly manifestFiles: Readonly<Record<string, string>>;
  /** True: the child is told to use colours. */
  readonly colors: boolean;
}

/** A child's environment, and which of launch's own names the service or its files set themselves. */
export interface ChildEnvironment {
  /** Hundreds of names: put together when it is first asked for. */
  readonly env: Record<string, string>;
  /** One value of it. */
  readonly valueOf: Lookup;
  readonly clashes: readonly string[];
}

/** Renders a child's environment; throws TemplateError for a circle and for `${NAME:?message}` without a value. */
export function childEnvironment(sources: EnvironmentSources): ChildEnvironment {
  const { service, own, exports, processEnv, ownFiles, manifestFiles, colors } = sources;
  const clashes = Object.keys({ ...service.env.own, ...ownFiles }).filter(
    (name) => Object.hasOwn(own, name) || Object.hasOwn(exports, name),
  );
  const layers = [
    // Above launch's own names, so that `PORT: "1${PORT}"` can mean the one that launch chose.
    templates(service.env.own),
    literal(without(own, ownFiles)),
    literal(without(exports, ownFiles)),
    templates(service.env.manifest),
    literal(processEnv),
    literal(ownFiles),
    literal(manifestFiles),
  ];
  // Programs disagree on which of the two wins, so whoever has said one is not told the other.
  const colorful = colors && !service.tty && !["FORCE_COLOR", "NO_COLOR"].some((name) => isDecided(layers, name));
  const defaults = {
    ...(colorful && { FORCE_COLOR: "1" }),
    ...(service.tty && { TERM: "xterm-256color" }),
    PYTHONUNBUFFERED: "1",
  };
  const all = [...layers, literal(defaults)];
  const valueOf = lookupIn(all);
  // What cannot be rendered is told now.
  for (const { values } of all.filter((layer) => layer.templates)) Object.keys(values).forEach(valueOf);
  let env: Record<string, string> | undefined;
  return {
    get env() {
      return (env ??= valuesOf(all, valueOf));
    },
    valueOf,
    clashes,
  };
}

function without(
  own: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (Object.keys(files).length === 0) return own;
  return Object.fromEntries(Object.entries(own).filter(([name]) => !Object.hasOwn(files, name)));
}

/** For each service that names another's port, URL or host in one of its values: which ones. */
export function portUsers(services: readonly Service[]): ReadonlyMap<string, ReadonlySet<string>> {
  const owners = new Map(
    services.flatMap((service) =>
      exportNames(
        service.exportPrefix,
        service.name,
        service.endpoints.map(({ name }) => name),
      ).map((name) => [name, service.name] as const),
    ),
  );
  const users = services.map((service) => [service.name, portsUsedBy(service, owners)] as const);
  return new Map(users.filter(([, used]) => used.size > 0));
}

// The manifest's `env` makes a user only of who names one of its variables: else each service would be a user of all.
function portsUsedBy(service: Service, owners: ReadonlyMap<string, string>): ReadonlySet<string> {
  const used = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name) || Object.hasOwn(service.env.own, name)) return;
    seen.add(name);
    const owner = owners.get(name);
    const indirect = service.env.manifest[name];
    if (owner !== undefined && owner !== service.name) used.add(owner);
    else if (typeof indirect === "string") mentionedIn(indirect).forEach(visit);
  };
  namesInService(service).forEach(visit);
  return used;
}

function namesInService(service: Service): readonly string[] {
  const { command, env, files, ready, health, stop, open } = service;
  const values: readonly (Template | null)[] = [
    ...Object.values(env.own),
    ...files.map(({ content }) => content),
    open ?? null,
  ];
  return [
    ...namesInCommand(command),
    ...values.flatMap((value) => (value === null ? [] : mentionedIn(value))),
    ...namesInProbe(ready.probe),
    ...(health === undefined ? [] : namesInProbe(health.probe)),
    ...namesInCommand(stop.command),
  ];
}

function namesInCommand(command: Command | undefined): readonly string[] {
  if (command === undefined) return [];
  return "shell" in command ? namesInShell(command.shell) : command.args.flatMap(mentionedIn);
}

function namesInProbe(probe: Probe): readonly string[] {
  switch (probe.kind) {
    case "http":
      return [probe.target, ...Object.values(probe.headers)].flatMap(mentionedIn);
    case "tcp":
      return mentionedIn(probe.address);
    case "exec":
      return namesInCommand(probe.command);
    case "listen":
    case "log":
    case "notify":
    case "none":
      return [];
  }
}

/** The names in a template; none in one that is wrong, which is told where it stands when the manifest is loaded. */
function mentionedIn(template: string): readonly string[] {
  try {
    return namesIn(template);
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
}
