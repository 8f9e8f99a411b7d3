// What a run would do about its ports, without keeping any.

import type { Conflict } from "../core/conflict.ts";
import type { Port } from "../core/service.ts";
import { openPorts } from "../effects/ports/ports.ts";
import { readRun, statePaths } from "../effects/state/directory.ts";
import { readState } from "../effects/state/state-file.ts";
import { type ConflictPolicy, decide, type Decision } from "../plan/conflicts.ts";
import type { Chosen } from "./project.ts";

/** The ports that a run would have, and the conflicts with what would be answered without a person. */
export interface Inspection {
  readonly assigned: Readonly<Record<string, Readonly<Record<string, Port>>>>;
  readonly conflicts: readonly { readonly conflict: Conflict; readonly decision: Decision }[];
  /** The run of this same project and instance that is going, if there is one. */
  readonly running?: { readonly pid: number };
}

/** Asks the machine about every port of the chosen services; a running instance of the project has its own. */
export async function inspectPorts(
  { project, services }: Chosen,
  options: ConflictPolicy & { readonly instance: string },
): Promise<Inspection> {
  const paths = statePaths(project.root, options.instance, process.env);
  const running = readRun(paths);
  const own = running?.ports ?? {};
  const open = services.filter((service) => own[service.name] === undefined);
  const run = { name: project.name, root: project.root, instance: options.instance };
  await using ports = openPorts({
    pool: project.portPool,
    remembered: readState(paths.directory).state.ports,
    strict: options.strictPorts,
    run,
  });
  const { assigned, conflicts } = await ports.inspect(open);
  return {
    assigned: { ...assigned, ...own },
    conflicts: conflicts.flatMap((conflict) => {
      const service = services.find(({ name }) => name === conflict.service);
      const endpoint = service?.endpoints.find(({ name }) => name === conflict.endpoint);
      return endpoint === undefined ? [] : [{ conflict, decision: decide(conflict, endpoint, options) }];
    }),
    ...(running === undefined ? {} : { running: { pid: running.pid } }),
  };
}
