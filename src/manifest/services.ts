// The services of prepared units, rendered, checked by the schema and resolved.

import { renderingOf, topRenderingOf } from "./fields.ts";
import { problemsOf } from "./issues.ts";
import { exportsOfTree, knownFrom, ownLayer, ownNamesOfTree } from "./known.ts";
import { literal, templates } from "./layers.ts";
import { faultsOf, isScalar, readEnvFilesOf } from "./prepare.ts";
import type { Prepared } from "./prepare.ts";
import { renderTree } from "./render.ts";
import { resolveService } from "./resolve.ts";
import type { OpenService } from "./resolve.ts";
import { manifestMap } from "./schema.ts";
import type { ManifestInput } from "./schema.ts";
import { nameError, namePattern } from "./schema/scalars.ts";
import { serviceMap } from "./schema/service.ts";
import { child, toPlain } from "./tree.ts";
import type { Entry, Tree } from "./tree.ts";
import { plainEnv } from "./unit.ts";
import type { Reading } from "./unit.ts";

/** A unit that the schema has judged. */
export interface Resolved {
  /** Undefined when its settings are not what the schema asks for. */
  readonly input: ManifestInput | undefined;
  readonly services: readonly OpenService[];
}

/** The services of each unit; faults go to `reading`. */
export async function resolveUnits(units: readonly Prepared[], reading: Reading): Promise<readonly Resolved[]> {
  const exported = units.flatMap(({ exportPrefix, services }) =>
    [...services].flatMap(([name, { value }]) => exportsOfTree(exportPrefix, name, value)),
  );
  const resolved: Resolved[] = [];
  for (const unit of units) {
    const input = judgeSettings(unit, exported, reading);
    const services = await Promise.all(
      [...unit.services].map(([name, entry]) => resolveOne(name, entry, unit, exported, reading)),
    );
    resolved.push({ input, services: services.filter((service) => service !== undefined) });
  }
  return resolved;
}

function judgeSettings(unit: Prepared, exported: readonly string[], reading: Reading): ManifestInput | undefined {
  const own = [...unit.services.values()].flatMap(({ value }) => ownNamesOfTree(value));
  const env = plainEnv(unit.tree);
  const known = knownFrom([
    templates(env),
    ownLayer([...own, ...exported]),
    literal(reading.env),
    literal(unit.fileValues),
  ]);
  const variables = child(unit.tree, "env");
  if (variables !== undefined) {
    renderTree(variables, { renderingOf: topRenderingOf, ...known, ...faultsOf(reading) }, ["env"]);
  }
  const plain = toPlain(unit.tree) as Record<string, unknown>;
  // Each service is judged on its own, so that one wrong service hides nothing about the others.
  const settings = { ...plain, ...(isMap(plain["services"]) && { services: {} }), ...(isMap(plain["env"]) && { env }) };
  const parsed = manifestMap.safeParse(settings);
  if (!parsed.success) reading.problems.push(...problemsOf(parsed.error.issues, unit.tree, settings));
  if (isMap(plain["services"]) && unit.services.size === 0) {
    reading.problems.push({
      place: child(unit.tree, "services")?.place ?? unit.tree.place,
      message: "there are no services",
    });
  }
  return parsed.data;
}

async function resolveOne(
  name: string,
  { keyPlace, value }: Entry,
  unit: Prepared,
  exported: readonly string[],
  reading: Reading,
): Promise<OpenService | undefined> {
  const { root } = unit.unit;
  const { problems } = reading;
  const own = [...ownNamesOfTree(value), ...exported];
  const upper = templates(plainEnv(value));
  const manifest = templates(plainEnv(unit.tree));
  const lower = [manifest, literal(reading.env)];

  // Env files are named before their values are known, all else after.
  const named = knownFrom([upper, ownLayer(own), ...lower, literal(unit.fileValues)]);
  const files = renderEnvFile(value, { renderingOf, ...named, problems: [], warnings: [] });
  // What takes no part may miss its files.
  const ownFiles = await readEnvFilesOf({
    tree: files,
    root,
    problems: isScalar(child(value, "enabled"), false) ? [] : problems,
  });

  // What a service's own files set, launch does not set.
  const remaining = own.filter((each) => !Object.hasOwn(ownFiles.values, each));
  const known = knownFrom([upper, ownLayer(remaining), ...lower, literal(ownFiles.values), literal(unit.fileValues)]);
  const tree = renderTree(value, { renderingOf, ...known, ...faultsOf(reading) });
  const plain = toPlain(tree);
  if (!namePattern.test(name)) problems.push({ place: keyPlace, message: `the name "${name}" must be ${nameError}` });
  const parsed = serviceMap.safeParse(plain);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({ ...issue, path: ["services", name, ...issue.path] }));
    problems.push(...problemsOf(issues, wrap(name, { keyPlace, value: tree }), { services: { [name]: plain } }));
    return undefined;
  }
  const around = { env: plainEnv(unit.tree), envFiles: unit.envFiles, exportPrefix: unit.exportPrefix };
  return resolveService(name, parsed.data, keyPlace, around, { tree, root, problems });
}

function renderEnvFile(service: Tree, into: Parameters<typeof renderTree>[1]): Tree {
  if (service.kind !== "map") return service;
  const named = new Map([...service.entries].filter(([key]) => key === "env_file"));
  return renderTree({ ...service, entries: named }, into);
}

// The service as it stands in a manifest, for paths that begin at the top.
function wrap(name: string, entry: Entry): Tree {
  const { place } = entry.value;
  const services: Tree = { kind: "map", place, entries: new Map([[name, entry]]) };
  return { kind: "map", place, entries: new Map([["services", { keyPlace: entry.keyPlace, value: services }]]) };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
