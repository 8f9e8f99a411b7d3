// The services of prepared units, rendered, checked by the schema and resolved.

import type * as z from "zod/mini";
import type { EnvMap, Place } from "../core/service.ts";
import { renderingOf, topRenderingOf } from "./fields.ts";
import { problemsOf } from "./issues.ts";
import { isMap, judgeManifest, judgeService } from "./judge.ts";
import { endpointsOfTree, knownFrom, ownLayer, ownNamesOfTree } from "./known.ts";
import type { Known } from "./known.ts";
import { literal, serviceLayers, templates } from "./layers.ts";
import type { Layer } from "./layers.ts";
import { readEnvFilesOf } from "./env-files.ts";
import { exportNames, projectPortNames } from "./names.ts";
import { faultsOf, isScalar } from "./prepare.ts";
import type { Prepared } from "./prepare.ts";
import { renderTree } from "./render.ts";
import { resolveService } from "./resolve.ts";
import type { OpenService } from "./resolve.ts";
import type { ManifestInput, ServiceInput } from "./schema.ts";
import { nameFault } from "./name.ts";
import { child, toPlain } from "./tree.ts";
import type { Entry, Tree } from "./tree.ts";
import { plainEnv } from "./unit.ts";
import { nameRemedy } from "./value-remedies.ts";
import type { Reading } from "./unit.ts";

/** A unit that the schema has judged. */
export interface Resolved {
  /** Undefined when its settings are not what the schema asks for. */
  readonly input: ManifestInput | undefined;
  readonly services: readonly OpenService[];
}

/** The services of each unit; faults go to `reading`. */
export async function resolveUnits(units: readonly Prepared[], reading: Reading): Promise<readonly Resolved[]> {
  const named = units.flatMap(({ exportPrefix, services }) =>
    [...services].map(([name, { value }]) => ({ exportPrefix, name, names: endpointsOfTree(value) })),
  );
  const exported = ownLayer(named.flatMap(({ exportPrefix, name, names }) => exportNames(exportPrefix, name, names)));
  const portNames = projectPortNames(named);
  const resolved: Resolved[] = [];
  for (const unit of units) {
    const around = { unit, env: plainEnv(unit.tree), exported, portNames };
    const input = judgeSettings(around, reading);
    const services = await Promise.all(
      [...unit.services].map(([name, entry]) => resolveOne(name, entry, around, reading)),
    );
    resolved.push({ input, services: services.filter((service) => service !== undefined) });
  }
  return resolved;
}

// What the services of one unit share.
interface Around {
  readonly unit: Prepared;
  readonly env: EnvMap;
  /** Built once: it has some names for each service, and each service looks into it. */
  readonly exported: Layer;
  readonly portNames: readonly string[];
}

function judgeSettings({ unit, env, exported }: Around, reading: Reading): ManifestInput | undefined {
  const variables = child(unit.tree, "env");
  if (variables !== undefined) {
    const own = ownLayer([...unit.services.values()].flatMap(({ value }) => ownNamesOfTree(value)));
    const known = knownFrom([templates(env), own, exported, literal(reading.env), literal(unit.fileValues)]);
    renderTree(variables, { renderingOf: topRenderingOf, ...known, ...faultsOf(reading) }, ["env"]);
  }
  const plain = toPlain(unit.tree) as Record<string, unknown>;
  // Each service is judged on its own, so that one wrong service hides nothing about the others.
  const settings = { ...plain, ...(isMap(plain["services"]) && { services: {} }), ...(isMap(plain["env"]) && { env }) };
  const { input, issues } = judgeManifest(settings);
  reading.problems.push(...problemsOf(issues, unit.tree, settings));
  if (isMap(plain["services"]) && unit.services.size === 0) {
    reading.problems.push({
      place: child(unit.tree, "services")?.place ?? unit.tree.place,
      message: "there are no services",
    });
  }
  return input;
}

async function resolveOne(
  name: string,
  { keyPlace, value }: Entry,
  around: Around,
  reading: Reading,
): Promise<OpenService | undefined> {
  const { unit, env } = around;
  const { root } = unit.unit;
  const { problems } = reading;
  const layersWith = (files: Readonly<Record<string, string>>): readonly Layer[] =>
    serviceLayers({
      own: plainEnv(value),
      told: [ownLayer(ownNamesOfTree(value)).values, around.exported.values],
      manifest: env,
      processEnv: reading.env,
      ownFiles: files,
      manifestFiles: unit.fileValues,
      portNames: around.portNames,
    });
  // Env files are named before their values are known, all else after. What takes no part may miss its files.
  const isDisabled = isScalar(child(value, "enabled"), false);
  const files = value.kind === "map" ? value.entries.get("env_file") : undefined;
  const fromFiles = async (entry: Entry): Promise<Readonly<Record<string, string>>> => {
    const tree = renderEnvFile(entry, value.place, knownFrom(layersWith({})));
    const into = isDisabled ? { ...reading, problems: [], warnings: [] } : reading;
    return (await readEnvFilesOf({ tree, root, problems: into.problems }, into)).values;
  };
  const known = knownFrom(layersWith(files === undefined ? {} : await fromFiles(files)));
  const tree = renderTree(value, { renderingOf, ...known, ...faultsOf(reading) });
  const plain = toPlain(tree);
  const fault = nameFault(name);
  if (fault !== undefined) {
    const remedy = nameRemedy(name);
    const message = `the name "${name}" must be ${fault}`;
    problems.push({ place: keyPlace, message, ...(remedy !== undefined && { remedy }) });
  }
  const judged = judgeService(plain);
  if (judged.issues.length > 0) {
    const issues = judged.issues.map((issue) => ({ ...issue, path: ["services", name, ...issue.path] }));
    problems.push(...problemsOf(issues, wrap(name, { keyPlace, value: tree }), { services: { [name]: plain } }));
  }
  const input = judged.input ?? soundPart(plain, judged.issues);
  if (input === undefined) return undefined;
  const surroundings = { env, envFiles: unit.envFiles, exportPrefix: unit.exportPrefix };
  return resolveService(name, input, keyPlace, surroundings, { tree, root, problems });
}

// A service without its faulty keys, so that the rest of it is judged at once, not after they are mended. What depends
// on a faulty key goes with it, or stands in so that it gives no second fault.
function soundPart(plain: unknown, issues: readonly z.core.$ZodIssue[]): ServiceInput | undefined {
  if (!isMap(plain)) return undefined;
  const faulty = new Set(
    issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : [String(issue.path[0])])),
  );
  if (faulty.has("type") || faulty.has("external")) return undefined;
  if (faulty.has("port") || faulty.has("ports")) for (const key of ["ready", "health"]) faulty.add(key);
  const rest = Object.fromEntries(Object.entries(plain).filter(([key]) => !faulty.has(key)));
  const standIns = {
    ...(plain["external"] !== true && { command: "true" }),
    ...(faulty.has("restart") && { restart: "no" }),
  };
  return judgeService({ ...standIns, ...rest }).input;
}

// Faults are told when the whole service is rendered.
function renderEnvFile(entry: Entry, place: Place, known: Known): Tree {
  const named: Tree = { kind: "map", place, entries: new Map([["env_file", entry]]) };
  return renderTree(named, { renderingOf, ...known, problems: [], warnings: [] });
}

// The service as it stands in a manifest, for paths that begin at the top.
function wrap(name: string, entry: Entry): Tree {
  const { place } = entry.value;
  const services: Tree = { kind: "map", place, entries: new Map([[name, entry]]) };
  return { kind: "map", place, entries: new Map([["services", { keyPlace: entry.keyPlace, value: services }]]) };
}
