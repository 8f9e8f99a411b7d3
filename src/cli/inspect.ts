// What a run would do about its ports, without keeping any.

import type { Conflict } from "../core/conflict.ts";
import type { Port } from "../core/service.ts";
import { openPorts } from "../effects/ports/ports.ts";
import { readRun, stateDirectoryFault, statePaths } from "../effects/state/directory.ts";
import { findForeignRun, readOwnState } from "../effects/state/former.ts";
import { type ConflictPolicy, decide, type Decision } from "../plan/conflicts.ts";
import { foreignWords } from "./foreign-run.ts";
import { rememberedPorts } from "./kept-ports.ts";
import { leftByOwn } from "./left-behind.ts";
import { unusableWords } from "./lock.ts";
import type { Chosen } from "./project.ts";
import { findSilentRun, silentWords } from "./silent-run.ts";

/** The ports that a run would have, and the conflicts with what would be answered without a person. */
export interface Inspection {
  readonly assigned: Readonly<Record<string, Readonly<Record<string, Port>>>>;
  readonly conflicts: readonly { readonly conflict: Conflict; readonly decision: Decision }[];
  /** The processes that a killed run of it has left, which the next one ends before anything else. */
  readonly left: ReadonlySet<number>;
  /** The run of this same project and instance that is going, if there is one. */
  readonly running?: { readonly pid: number };
  /** Why that run cannot be talked to, if it cannot. */
  readonly silent?: string;
  /** Why nothing can be started: the state directory cannot be used. */
  readonly unusable?: string;
}

/** Asks the machine about every port of the chosen services; a running instance of the project has its own. */
export async function inspectPorts(
  { project, services }: Chosen,
  options: ConflictPolicy & { readonly instance: string },
): Promise<Inspection> {
  const paths = statePaths(project.root, options.instance, process.env);
  const running = readRun(paths);
  const foreign = findForeignRun(paths);
  const silent = running === undefined && foreign === undefined ? await findSilentRun(paths) : undefined;
  const fault = stateDirectoryFault(paths);
  const unusable = foreign === undefined ? fault && unusableWords(paths, fault) : foreignWords(foreign, paths);
  const own = running?.ports ?? {};
  const open = services.filter((service) => own[service.name] === undefined);
  const run = { name: project.name, root: project.root, instance: options.instance };
  await using ports = openPorts({
    pool: project.portPool,
    remembered: rememberedPorts(project.services, project.portPool, readOwnState(paths).state),
    strict: options.strictPorts,
    run,
  });
  const inspected = await ports.inspect(open);
  const left = await leftByOwn(paths);
  const isOfLeft = ({ holder }: Conflict): boolean => holder.kind === "process" && left.has(holder.holder.pid);
  const freed = inspected.conflicts.filter(isOfLeft);
  const conflicts = inspected.conflicts.filter((conflict) => !isOfLeft(conflict));
  const assigned: Record<string, Readonly<Record<string, Port>>> = { ...inspected.assigned };
  for (const { service, endpoint, port } of freed) assigned[service] = { ...assigned[service], [endpoint]: port };
  return {
    left,
    assigned: { ...assigned, ...own },
    conflicts: conflicts.flatMap((conflict) => {
      const service = services.find(({ name }) => name === conflict.service);
      const endpoint = service?.endpoints.find(({ name }) => name === conflict.endpoint);
      return endpoint === undefined ? [] : [{ conflict, decision: decide(conflict, endpoint, options) }];
    }),
    ...(running === undefined ? {} : { running: { pid: running.pid } }),
    ...(silent === undefined ? {} : { running: { pid: silent.pid }, silent: silentWords(silent, paths) }),
    ...(unusable === undefined ? {} : { unusable }),
  };
}
