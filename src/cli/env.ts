// `launch env`: the exported names, as the running instance has them, else as the next run would.

import { jsonText } from "../core/sanitize.ts";
import type { Port } from "../core/service.ts";
import { print, printError } from "./print.ts";
import { describeConflict } from "../core/failure.ts";
import { openPorts } from "../effects/ports/ports.ts";
import { readRun } from "../effects/state/directory.ts";
import { readOwnState } from "../effects/state/former.ts";
import { mainEndpoint } from "../manifest/names.ts";
import { type Assignment, exportsOf } from "../plan/env.ts";
import { isForeseen } from "../plan/ports.ts";
import { trustedPaths } from "./lock.ts";
import { rememberedPorts } from "./kept-ports.ts";
import type { envOptions, GlobalArgs, SelectionArgs, Values } from "./options.ts";
import { type Chosen, chooseServices } from "./project.ts";

type Shell = Values<typeof envOptions>["shell"];

/** Prints the names and values. */
export async function run(args: GlobalArgs & SelectionArgs & { readonly shell: Shell }): Promise<number> {
  const chosen = await chooseServices(args);
  if (chosen === undefined) return 2;
  const { project, services } = chosen;
  const paths = trustedPaths(project.root, args.instance);
  const kept = rememberedPorts(project.services, project.portPool, readOwnState(paths).state);
  const running = readRun(paths)?.ports;
  await using ports = openPorts({ pool: project.portPool, remembered: kept, strict: false });
  const { assigned, conflicts } =
    running === undefined ? await ports.inspect(services) : { assigned: running, conflicts: [] };
  for (const conflict of conflicts) {
    printError(`${conflict.service} is left out: ${describeConflict(conflict)}\n`);
  }
  const names = exportsOf(services, running ?? foreseen(chosen, assigned, kept));
  print(renderExports(names, args.json ? "json" : args.shell));
  return 0;
}

/** The ports that can be known before a run; what is left out is told on stderr. */
function foreseen({ project, services }: Chosen, assigned: Assignment, kept: Assignment): Assignment {
  const known = services.map(({ name, endpoints }) => {
    const ports = endpoints.flatMap((endpoint): readonly (readonly [string, Port])[] => {
      const port = assigned[name]?.[endpoint.name];
      if (port === undefined) return [];
      const remembered = kept[name]?.[endpoint.name];
      const rules = { pool: project.portPool, ...(remembered !== undefined && { remembered }) };
      if (isForeseen(endpoint, port, rules)) return [[endpoint.name, port]];
      const what = endpoint.name === mainEndpoint ? name : `${name} (${endpoint.name})`;
      printError(`${what} is left out: nobody knows its port before it runs, since the system gives it one\n`);
      return [];
    });
    return [name, Object.fromEntries(ports)] as const;
  });
  return Object.fromEntries(known);
}

/** The names in the language of a shell, quoted so that no value can break out. Pure. */
export function renderExports(names: Readonly<Record<string, string>>, shell: Shell): string {
  if (shell === "json") return `${jsonText(names, 2)}\n`;
  const lines = Object.entries(names).map(([name, value]) => {
    switch (shell) {
      case "bash":
        return `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
      case "fish":
        return `set -gx ${name} '${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
      case "dotenv":
        return `${name}=${/^[\w./:@-]*$/.test(value) ? value : JSON.stringify(value)}`;
    }
  });
  return lines.map((line) => `${line}\n`).join("");
}
