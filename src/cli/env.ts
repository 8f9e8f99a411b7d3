// `launch env`: the exported names, as the running instance has them, else as the next run would.

import { describeConflict } from "../core/failure.ts";
import { openPorts } from "../effects/ports/ports.ts";
import { readRun } from "../effects/state/directory.ts";
import { readOwnState } from "../effects/state/former.ts";
import { exportsOf } from "../plan/env.ts";
import { trustedPaths } from "./lock.ts";
import type { envOptions, GlobalArgs, SelectionArgs, Values } from "./options.ts";
import { chooseServices } from "./project.ts";

type Shell = Values<typeof envOptions>["shell"];

/** Prints the names and values. */
export async function run(args: GlobalArgs & SelectionArgs & { readonly shell: Shell }): Promise<number> {
  const chosen = await chooseServices(args);
  if (chosen === undefined) return 2;
  const { project, services } = chosen;
  const paths = trustedPaths(project.root, args.instance);
  const kept = readOwnState(paths).state.ports;
  const running = readRun(paths)?.ports;
  await using ports = openPorts({ pool: project.portPool, remembered: kept, strict: false });
  const { assigned, conflicts } =
    running === undefined ? await ports.inspect(services) : { assigned: running, conflicts: [] };
  for (const conflict of conflicts) {
    process.stderr.write(`${conflict.service} is left out: ${describeConflict(conflict)}\n`);
  }
  const names = exportsOf(services, assigned);
  process.stdout.write(renderExports(names, args.json ? "json" : args.shell));
  return 0;
}

/** The names in the language of a shell, quoted so that no value can break out. Pure. */
export function renderExports(names: Readonly<Record<string, string>>, shell: Shell): string {
  if (shell === "json") return `${JSON.stringify(names, undefined, 2)}\n`;
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
