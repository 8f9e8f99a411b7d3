// What each service is told: the names of ports, and its environment. Pure.

import type { Endpoint, Port, Service } from "../core/service.ts";
import type { Lookup } from "../manifest/interpolate.ts";
import { isDecided, literal, lookupIn, serviceLayers, valuesOf } from "../manifest/layers.ts";
import { endpointNames, exportStem, mainEndpoint, projectPortNames, upperSnake } from "../manifest/names.ts";

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
export function mainEndpointOf(service: Pick<Service, "endpoints">): Endpoint | undefined {
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
  const { named: names } = endpointNames(service.endpoints);
  const named = service.endpoints.filter(({ name }) => names.includes(name));
  return [
    ...(main === undefined ? [] : pair(stem, main)),
    ...(main === undefined || ports[main.name] === undefined
      ? []
      : [[`${stem}_HOST`, reachableHost(service)] as const]),
    ...named.flatMap((endpoint) => pair(`${stem}_${upperSnake(endpoint.name)}`, endpoint)),
  ];
}

/** The names by which the project speaks of its services' ports, be they known to launch or not. */
export function portNamesOf(services: readonly Service[]): readonly string[] {
  const known = knownNames.get(services);
  if (known !== undefined) return known;
  const names = projectPortNames(
    services.map(({ exportPrefix, name, endpoints }) => ({ exportPrefix, name, names: endpointNames(endpoints) })),
  );
  knownNames.set(services, names);
  return names;
}

const knownNames = new WeakMap<readonly Service[], readonly string[]>();

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
  const named = endpointNames(service.endpoints).named.flatMap((name) => {
    const port = ports[name];
    return port === undefined ? [] : [[`PORT_${upperSnake(name)}`, String(port)] as const];
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
  /** By which the project speaks of its ports. */
  readonly portNames: readonly string[];
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
  const layers = serviceLayers({
    own: service.env.own,
    told: [own, exports],
    manifest: service.env.manifest,
    processEnv,
    ownFiles,
    manifestFiles,
    portNames: sources.portNames,
  });
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
