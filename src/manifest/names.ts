// The names that launch itself gives to services, as far as they follow from the manifest alone.

/** A name as it stands in the environment: `my-db` becomes `MY_DB`. */
export function upperSnake(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}

/** What every service is told about the run. */
export const runNames = ["LAUNCH_SERVICE", "LAUNCH_PROJECT", "LAUNCH_INSTANCE", "LAUNCH_IDENTITY_KEY"] as const;

/** By which a process is handed sockets, and speaks to launch; they are set when it begins, so no template can know them. */
export const spawnNames: readonly string[] =
  "LISTEN_FDS LISTEN_PID LISTEN_FDNAMES NOTIFY_FD NOTIFY_SOCKET LAUNCH_NOTIFY WATCHDOG_USEC WATCHDOG_PID".split(" ");

/** By which a person tells launch what to do. They are not handed on: a launch within a service is another one. */
export const controlNames: readonly string[] = "LAUNCH_STATE_DIR LAUNCH_PROFILE LAUNCH_SCREEN_READER".split(" ");

/** The endpoint that `port:` gives. */
export const mainEndpoint = "main";

/** `UHOME_API`: what the exported names of a service begin with. */
export function exportStem(prefix: string, service: string): string {
  return prefix + upperSnake(service);
}

/** What a service calls its ports. */
export interface EndpointNames {
  /** True: there is one given by `port:`, whose name, main, is told to nobody. */
  readonly hasPort: boolean;
  /** Those of `ports:`, in their order. */
  readonly named: readonly string[];
}

/** The names that others know a service's ports by, for its endpoints in their order; none without endpoints. */
export function exportNames(prefix: string, service: string, { hasPort, named }: EndpointNames): readonly string[] {
  if (!hasPort && named.length === 0) return [];
  const stem = exportStem(prefix, service);
  const each = named.map((endpoint) => `${stem}_${upperSnake(endpoint)}`);
  return [...mainNames(stem), ...each.flatMap((name) => [`${name}_PORT`, `${name}_URL`])];
}

/** The names of a service's main port: the one of `port:`, or the first. */
export function mainNames(stem: string): readonly [string, string, string] {
  return [`${stem}_PORT`, `${stem}_URL`, `${stem}_HOST`];
}

/** The names that a service knows its own ports by. */
export function portNames({ hasPort, named }: EndpointNames): readonly string[] {
  const each = named.map((endpoint) => `PORT_${upperSnake(endpoint)}`);
  return hasPort || named.length === 1 || named.includes(mainEndpoint) ? ["PORT", ...each] : each;
}

/** The names by which a project speaks of its services' ports; also of one that launch does not know, or not yet. */
export function projectPortNames(
  services: readonly { readonly exportPrefix: string; readonly name: string; readonly names: EndpointNames }[],
): readonly string[] {
  const each = services.flatMap(({ exportPrefix, name, names }) => {
    const stem = exportStem(exportPrefix, name);
    const named = names.named.map((endpoint) => `${stem}_${upperSnake(endpoint)}_PORT`);
    return [`${stem}_PORT`, ...named, ...portNames(names)];
  });
  return [...new Set(["PORT", ...each])];
}

/** What the endpoints of a service are called. */
export function endpointNames(endpoints: readonly { readonly name: string; readonly isNamed?: true }[]): EndpointNames {
  const named = endpoints.filter(({ name, isNamed }) => name !== mainEndpoint || isNamed === true);
  return { hasPort: named.length < endpoints.length, named: named.map(({ name }) => name) };
}
