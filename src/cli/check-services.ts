// What would keep the chosen services from starting, or deserves a look before they do.

import { describe } from "../core/failure.ts";
import type { Service } from "../core/service.ts";
import { newFaultFinder } from "../effects/processes/fault.ts";
import { syntaxFaults } from "../effects/processes/shell-syntax.ts";
import type { RenderedCommand } from "../effects/processes/spec.ts";
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
  const checked = await Promise.all(services.map((service) => checkService(service, assigned, context, findFault)));
  const scripts = checked.flatMap(({ service, preparation }) =>
    preparation === undefined ? [] : scriptsOf(preparation).map((script) => ({ service, ...script })),
  );
  const broken = await syntaxFaults(scripts.map(({ text }) => text));
  const unreadable = scripts.flatMap(({ service, key, text }): readonly Finding[] => {
    const words = broken.get(text);
    if (words === undefined) return [];
    return [{ service, fatal: true, text: `the shell cannot read its ${key}: ${words}: ${clip(text)}` }];
  });
  return [...checked.flatMap(({ findings }) => findings), ...unreadable, ...fixedTwice(services)];
}

/** What was found of one service, and what its start would be made from. */
interface Checked {
  readonly service: string;
  readonly findings: readonly Finding[];
  readonly preparation?: Preparation;
}

async function checkService(
  service: Service,
  assigned: Assignment,
  context: RunContext,
  findFault: FaultFinder,
): Promise<Checked> {
  const { name } = service;
  const found = (fatal: boolean, text: string): Finding => ({ service: name, fatal, text });
  try {
    const preparation = await prepare(service, assigned, context, "");
    const findings = [
      ...faultsOf(preparation, findFault).map((text) => found(true, text)),
      ...(await terminalFaults(service)).map((text) => found(true, text)),
      ...(await relayFaults(service, preparation)).map((text) => found(false, text)),
      ...preparation.clashes.map((name) => found(false, `sets ${name} itself, so it does not get launch's value`)),
    ];
    return { service: name, findings, preparation };
  } catch (error) {
    if (error instanceof TemplateError || error instanceof EnvFileError) {
      return { service: name, findings: [found(true, error.message)] };
    }
    throw error;
  }
}

/** The shell strings of a service, by the key that holds them. */
function scriptsOf(preparation: Preparation): readonly { readonly key: string; readonly text: string }[] {
  return commandsOf(preparation).flatMap(({ key, command }) =>
    "shell" in command ? [{ key, text: command.shell }] : [],
  );
}

function commandsOf({
  service,
  command,
  stopCommand,
}: Preparation): readonly { readonly key: string; readonly command: RenderedCommand }[] {
  const all = [
    { key: "command", command },
    { key: "stop.command", command: stopCommand },
    { key: "ready.exec", command: probeCommand(service.ready.probe) },
    { key: "health.exec", command: probeCommand(service.health?.probe) },
  ];
  return all.flatMap(({ key, command: one }) => (one === undefined ? [] : [{ key, command: one }]));
}

const longestScript = 60;

/** The beginning of a script, in one line. */
function clip(script: string): string {
  const line = script.trim().replaceAll(/\s+/g, " ");
  return line.length > longestScript ? `${line.slice(0, longestScript - 1)}…` : line;
}

function faultsOf(preparation: Preparation, findFault: FaultFinder): readonly string[] {
  // The whole environment would have to be put together.
  const env = envWith(preparation.path);
  const cwd = preparation.service.workingDir;
  const faults = commandsOf(preparation).flatMap(({ command }) => findFault({ command, cwd, env }) ?? []);
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
