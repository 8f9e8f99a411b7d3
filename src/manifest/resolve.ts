// One service as the schema gives it -> core's Service: defaults filled in, short forms spelled out, paths absolute.

import type { EnvFile, EnvMap, Place, Service, ServiceType } from "../core/service.ts";
import { resolveRestart, resolveStop } from "./resolve/endings.ts";
import { resolveEnvFiles, resolveFiles } from "./resolve/files.ts";
import { resolveLogs } from "./resolve/logs.ts";
import { resolveNeeds } from "./resolve/needs.ts";
import type { OpenNeed } from "./resolve/needs.ts";
import { resolveEndpoints } from "./resolve/ports.ts";
import { resolveCommand, resolveHealth, resolveReady } from "./resolve/probes.ts";
import { absolute, report } from "./resolve/saying.ts";
import { checkUdp } from "./resolve/udp.ts";
import { checkSockets } from "./resolve/sockets.ts";
import { resolveWatchdog } from "./resolve/watchdog.ts";
import type { Saying } from "./resolve/saying.ts";
import type { ServiceInput } from "./schema.ts";
import { defaults } from "./schema/defaults.ts";

/** What a service gets from the manifest around it. */
export interface Surroundings {
  readonly env: EnvMap;
  readonly envFiles: readonly EnvFile[];
  readonly exportPrefix: string;
}

/** A service whose needs are not yet judged against the services they name. */
export type OpenService = Omit<Service, "needs"> & { readonly needs: readonly OpenNeed[] };

/** A service of the manifest; what is wrong with it is told to `saying`, and the service is given all the same. */
export function resolveService(
  name: string,
  input: ServiceInput,
  place: Place,
  around: Surroundings,
  saying: Saying,
): OpenService {
  const type: ServiceType = input.external === true ? "external" : (input.type ?? "service");
  if (type === "external") checkExternal(input, saying);
  else if (input.command === undefined) {
    const remedy = "Give it a `command:`, or say `external: true` when it runs elsewhere.";
    saying.problems.push({ place, message: `${name} has no command`, remedy });
  }
  const endpoints = resolveEndpoints(input, saying);
  const probed = { name, type, endpoints };
  const ready = resolveReady(input.ready, probed, saying);
  const health = resolveHealth(input.health, probed, saying);
  const checked = { type, endpoints, ready, ...(health !== undefined && { health }) };
  checkSockets(input, checked, saying);
  checkUdp(input, checked, saying);
  const watchdog = resolveWatchdog(input, type, saying);
  return {
    name,
    type,
    place,
    ...(input.description !== undefined && { description: input.description }),
    ...(input.version !== undefined && { version: input.version }),
    ...(input.label !== undefined && { label: input.label }),
    ...(input.command !== undefined && { command: resolveCommand(input.command) }),
    workingDir: input.working_dir === undefined ? saying.root : absolute(saying, ["working_dir"], input.working_dir),
    stdin: input.stdin === undefined ? defaults.stdin : (input.stdin ?? "null"),
    tty: resolveTty(input, saying),
    env: {
      own: input.env ?? {},
      manifest: around.env,
      ownFiles: resolveEnvFiles(input.env_file, saying),
      manifestFiles: around.envFiles,
    },
    exportPrefix: around.exportPrefix,
    ...(input.host !== undefined && { host: input.host }),
    scheme: input.scheme ?? defaults.scheme,
    endpoints,
    files: resolveFiles(input.files, saying),
    needs: resolveNeeds(input.depends_on, saying),
    ready,
    ...(health !== undefined && { health }),
    ...(watchdog !== undefined && { watchdog }),
    restart: resolveRestart(input.restart, type, saying),
    stop: resolveStop(input.stop, saying),
    logs: resolveLogs(input.logs, saying),
    onExit: input.on_exit ?? defaults.onExit,
    successExitCodes: input.success_exit_codes ?? defaults.successExitCodes,
    enabled: input.enabled ?? defaults.enabled,
    profiles: input.profiles ?? [],
    ...(input.open !== undefined && { open: input.open }),
  };
}

function resolveTty({ tty = defaults.tty, stdin }: ServiceInput, saying: Saying): boolean {
  if (tty && (stdin === null || stdin === "null")) {
    report(saying, ["stdin"], "with `tty: true` its stdin is the terminal and has no end", "Keep one of them.");
  }
  return tty;
}

const forStarting = ["command", "restart", "stop", "stdin", "tty", "files", "logs", "success_exit_codes"] as const;

function checkExternal(input: ServiceInput, saying: Saying): void {
  for (const key of forStarting) {
    if (input[key] === undefined) continue;
    report(
      saying,
      [key],
      `an external service is never started or stopped: \`${key}\` has no meaning`,
      "Remove it, or `external: true`.",
    );
  }
  if (input.type === "task") {
    report(saying, ["type"], "a task is run by launch, so it is not external", "Remove one of them.");
  }
}
