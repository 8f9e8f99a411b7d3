// Opens what ends a run's processes when nobody else can: the guard, with all that it has to know beforehand.

import { join } from "node:path";
import type { Project } from "../core/service.ts";
import { type Guard, openGuard } from "../effects/processes/guard.ts";
import { canTag, newInstance } from "../effects/processes/tag.ts";
import { runsDirectory } from "../effects/state/registry.ts";
import type { ProcessRecord, RunRecord } from "../effects/state/state.ts";
import type { CustodyOptions } from "../supervisor/custody.ts";
import { sweeperProgram } from "./sweeper-program.ts";

/** What is guarded. */
export interface GuardingOptions {
  readonly project: Project;
  readonly instance: string;
  /** The real path of the state directory. */
  readonly directory: string;
  readonly engine: ProcessRecord;
  /** The run that is taken over, if it is. */
  readonly taken: RunRecord | undefined;
  /** Where the engine is reached: of no use once it is gone. */
  readonly sockets: readonly string[];
  /** The command that takes over from us. */
  readonly reclaim?: readonly string[];
  readonly onLost: () => void;
}

/** The guard, and what the keeper of our processes is told besides. */
export interface Guarding {
  readonly guard: Guard;
  readonly custody: Omit<CustodyOptions, "report">;
}

/** Starts the guard of a run. */
export function openGuarding(options: GuardingOptions): Guarding {
  const { project, directory, engine, taken, sockets, onLost } = options;
  const tag = taken === undefined ? newTag() : taken.tag;
  const marker = { start: `${project.name}/${options.instance}/`, end: `/${process.pid}` };
  const since = taken?.since ?? engine.startTicks ?? 0;
  const runs = runsDirectory();
  const guard = openGuard({
    sweeper: sweeperProgram(),
    plan: {
      ...(tag !== undefined && { instance: tag }),
      marker,
      since,
      spare: project.services.flatMap(({ stop }) => stop.spare),
      engine,
      remove: [...sockets, ...(runs === undefined ? [] : [join(runs, `${process.pid}.json`)])],
      directory,
      keepFiles: project.services.flatMap(({ files }) => files.flatMap(({ keep, path }) => (keep ? [path] : []))),
    },
    ...(options.reclaim !== undefined && { reclaim: options.reclaim }),
    onLost,
  });
  const engines = taken === undefined ? 0 : taken.engines + 1;
  return { guard, custody: { guard, instance: tag, engines, since, marker } };
}

function newTag(): number | undefined {
  return canTag() ? newInstance() : undefined;
}
