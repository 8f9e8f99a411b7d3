// What would keep the chosen services from starting, or deserves a look before they do.

import { describe } from "../core/failure.ts";
import type { Service } from "../core/service.ts";
import { newFaultFinder } from "../effects/processes/fault.ts";
import { EnvFileError } from "../manifest/dotenv.ts";
import { TemplateError } from "../manifest/interpolate.ts";
import type { Assignment } from "../plan/env.ts";
import { isHeard } from "../supervisor/heard.ts";
import { prepare, type Preparation, type RunContext } from "../supervisor/prepare.ts";

/** One thing found; a fatal one means that the run would not come up. */
export interface Finding {
  readonly service: string;
  readonly fatal: boolean;
  readonly text: string;
}

type FaultFinder = ReturnType<typeof newFaultFinder>;

/** Looks at every service as its start would: environment, directory, program, ports. */
export async function checkServices(
  services: readonly Service[],
  assigned: Assignment,
  context: RunContext,
): Promise<readonly Finding[]> {
  const findFault = newFaultFinder();
  const findings = await Promise.all(services.map((service) => checkService(service, assigned, context, findFault)));
  return [...findings.flat(), ...fixedTwice(services)];
}

async function checkService(
  service: Service,
  assigned: Assignment,
  context: RunContext,
  findFault: FaultFinder,
): Promise<readonly Finding[]> {
  const found = (fatal: boolean, text: string): Finding => ({ service: service.name, fatal, text });
  try {
    const preparation = await prepare(service, assigned, context, "");
    return [
      ...faultsOf(preparation, findFault).map((text) => found(true, text)),
      ...(await terminalFaults(service)).map((text) => found(true, text)),
      ...(await relayFaults(service, preparation)).map((text) => found(false, text)),
      ...preparation.clashes.map((name) => found(false, `sets ${name} itself, so it does not get launch's value`)),
    ];
  } catch (error) {
    if (error instanceof TemplateError || error instanceof EnvFileError) return [found(true, error.message)];
    throw error;
  }
}

function faultsOf({ service, command, stopCommand, path }: Preparation, findFault: FaultFinder): readonly string[] {
  // The whole environment would have to be put together.
  const env = envWith(path);
  const commands = [command, stopCommand, probeCommand(service.ready.probe), probeCommand(service.health?.probe)];
  const faults = commands.flatMap((one) =>
    one === undefined ? [] : (findFault({ command: one, cwd: service.workingDir, env }) ?? []),
  );
  return [...new Set(faults.map(describe))];
}

async function terminalFaults({ tty, workingDir }: Service): Promise<readonly string[]> {
  if (!tty) return [];
  const { loadPtyPackage } = await import("../effects/processes/pty-package.ts");
  const loaded = loadPtyPackage(workingDir);
  return typeof loaded === "string" ? [loaded] : [];
}

async function relayFaults(service: Service, { path }: Preparation): Promise<readonly string[]> {
  if (!isHeard(service)) return [];
  const { canRelay } = await import("../effects/health/notify-relay.ts");
  if (canRelay(envWith(path))) return [];
  return ["there is no Perl, so it gets no NOTIFY_SOCKET; it can use $NOTIFY_FD or launch notify"];
}

function envWith(path: string | undefined): Readonly<Record<string, string>> {
  return path === undefined ? {} : { PATH: path };
}

function probeCommand(probe: Service["ready"]["probe"] | undefined): Preparation["command"] {
  return probe?.kind === "exec" ? probe.command : undefined;
}

/** Ports that two services will not move from: a conflict, which decides how it ends. */
function fixedTwice(services: readonly Service[]): readonly Finding[] {
  const owners = new Map<number, string>();
  return services.flatMap(({ name, type, endpoints }) =>
    endpoints.flatMap(({ fixed, preferred }): readonly Finding[] => {
      if (type === "external" || !fixed || preferred === undefined) return [];
      const owner = owners.get(preferred);
      owners.set(preferred, owner ?? name);
      return owner === undefined
        ? []
        : [
            {
              service: name,
              fatal: false,
              text: `port ${preferred} is fixed here and in ${owner}; one of them has to give way`,
            },
          ];
    }),
  );
}
