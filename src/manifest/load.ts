// `services.yaml` and what belongs to it -> Project, or everything that is wrong with it.

import { basename } from "node:path";
import type { Project, Service } from "../core/service.ts";
import { checkNames } from "./check.ts";
import { locateManifest } from "./locate.ts";
import { nameFrom } from "./name.ts";
import { prepareUnit } from "./prepare.ts";
import { presentProblems } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { settleNeeds } from "./resolve/needs.ts";
import { resolveRange } from "./resolve/ports.ts";
import { defaults } from "./schema/defaults.ts";
import { resolveUnits } from "./services.ts";
import type { Resolved } from "./services.ts";
import { readUnits } from "./unit.ts";
import type { Reading, Unit } from "./unit.ts";

/** Where to look, and what the process around knows. */
export interface LoadOptions {
  /** The absolute directory to search from; `files` are relative to it. */
  readonly directory: string;
  /** Named manifests to merge, instead of searching. */
  readonly files?: readonly string[];
  /** False: `.env` beside the manifest is not read. */
  readonly dotenv?: boolean;
  /** The process environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Checks of a higher floor whose problems are to be shown with the others. */
  readonly check?: (services: readonly Service[]) => readonly Problem[];
}

/** A project with what is worth knowing, or every problem, by file and line. */
export type Loaded =
  | { readonly ok: true; readonly project: Project; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Finds, reads, merges, interpolates and checks the manifest; never throws for what a file says. */
export async function loadManifest(options: LoadOptions): Promise<Loaded> {
  const located = locateManifest(options.directory, options.files, options.env["HOME"]);
  if (!located.ok) return { ok: false, problems: [located.problem] };
  const reading: Reading = {
    directory: options.directory,
    env: options.env,
    dotenv: options.dotenv ?? true,
    sources: new Map(),
    problems: [],
    warnings: [...located.warnings],
    dotenvs: new Map(),
  };
  const units = await readUnits(located.files, reading);
  const failed = (): Loaded => ({ ok: false, problems: presentProblems(reading.problems, reading.sources) });
  if (units.length === 0) return failed();

  const prepared = await Promise.all(units.map((unit) => prepareUnit(unit, reading)));
  const resolved = await resolveUnits(prepared, reading);
  const open = resolved.flatMap(({ services }) => services);
  checkNames(open, reading.problems);
  const byName = new Map(open.map((service) => [service.name, service]));
  const services = open.map((service) => ({ ...service, needs: settleNeeds(service.needs, byName, reading.problems) }));
  // A name that is declared but could not be read would count as unknown.
  const isWhole = open.length === prepared.reduce((sum, unit) => sum + unit.services.size, 0);
  if (isWhole) reading.problems.push(...(options.check?.(services) ?? []));
  const project = projectOf(units, resolved, services, reading);
  if (project === undefined || reading.problems.length > 0) return failed();
  return { ok: true, project, warnings: presentProblems(reading.warnings, reading.sources) };
}

// The first unit is the project's own; what it includes brings services only.
function projectOf(
  units: readonly Unit[],
  resolved: readonly Resolved[],
  services: readonly Service[],
  { problems }: Reading,
): Project | undefined {
  const [own] = units;
  const input = resolved[0]?.input;
  if (own === undefined || input === undefined) return undefined;
  const pool = input.port_pool;
  const saying = { tree: own.tree, root: own.root, problems };
  const range = resolveRange(pool?.range ?? defaults.portPool.range, ["port_pool", "range"], saying);
  return {
    name: input.name ?? nameOfDirectory(own.root),
    root: own.root,
    files: units.flatMap(({ files }) => files),
    portPool: {
      ...range,
      fallback: pool?.fallback ?? defaults.portPool.fallback,
      ...(pool?.range !== undefined && { isGiven: true }),
    },
    services,
  };
}

/** A directory's name as a project's. */
function nameOfDirectory(directory: string): string {
  return nameFrom(basename(directory)) || "project";
}
