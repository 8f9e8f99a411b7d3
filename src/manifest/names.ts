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

/** The names that others know a service's ports by, for its endpoints in their order; none without endpoints. */
export function exportNames(prefix: string, service: string, endpoints: readonly string[]): readonly string[] {
  if (endpoints.length === 0) return [];
  const stem = exportStem(prefix, service);
  const named = endpoints
    .filter((endpoint) => endpoint !== mainEndpoint)
    .map((endpoint) => `${stem}_${upperSnake(endpoint)}`);
  return [`${stem}_PORT`, `${stem}_URL`, `${stem}_HOST`, ...named.flatMap((each) => [`${each}_PORT`, `${each}_URL`])];
}

/** The names that a service knows its own ports by. */
export function portNames(endpoints: readonly string[]): readonly string[] {
  const named = endpoints
    .filter((endpoint) => endpoint !== mainEndpoint)
    .map((endpoint) => `PORT_${upperSnake(endpoint)}`);
  return endpoints.length === 1 || endpoints.includes(mainEndpoint) ? ["PORT", ...named] : named;
}
