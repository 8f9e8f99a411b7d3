// Which files a manifest is made of: named ones, or the nearest `services.yaml` upward with its override.

import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { Problem } from "./problem.ts";
import { danglingTarget } from "./text-file.ts";

/** The files to merge, in order, as absolute paths. */
export type Located =
  | { readonly ok: true; readonly files: readonly string[]; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problem: Problem };

const manifestNames = ["services.yaml", "services.yml"];
const overrideNames = ["services.override.yaml", "services.override.yml"];

/** The named files relative to `directory`, or what a search upward from it finds, to the git root or `home`, both included. */
export function locateManifest(directory: string, named: readonly string[] | undefined, home = homedir()): Located {
  const start = resolve(directory);
  // What is above a directory that is not there was not meant.
  const found = statSync(start, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) {
    return {
      ok: false,
      problem: { message: `${start} ${found === undefined ? "does not exist" : "is no directory"}` },
    };
  }
  if (named !== undefined && named.length > 0) {
    return { ok: true, files: named.map((file) => resolve(start, file)), warnings: [] };
  }
  const looked: string[] = [];
  for (let here = start; ; here = dirname(here)) {
    looked.push(here);
    const manifest = firstThere(here, manifestNames);
    if (manifest !== undefined) {
      const override = firstThere(here, overrideNames);
      const warnings = [manifestNames, overrideNames].flatMap((names) => passedOver(here, names));
      const dangling = wordsOnDangling(override);
      const files = override === undefined || dangling.length > 0 ? [manifest] : [manifest, override];
      return { ok: true, files, warnings: [...warnings, ...dangling] };
    }
    if (here === home || here === dirname(here) || existsSync(join(here, ".git"))) break;
  }
  return { ok: false, problem: nothingFound(looked) };
}

/** Every file that has a say in a manifest of these files, also where it is not there yet. */
export function filesBehind(files: readonly string[], root: string, isNamed: boolean): readonly string[] {
  const beside = [...(isNamed ? [] : overrideNames), ".env"].map((name) => join(root, name));
  return [...new Set([...files, ...beside])];
}

// Two spellings of one name, of which the second is not read; where both are one file, nothing is missed.
function passedOver(directory: string, names: readonly string[]): readonly Problem[] {
  const [used, other] = names.map((name) => join(directory, name)).filter((path) => existsSync(path));
  if (used === undefined || other === undefined || isSameFile(used, other)) return [];
  const remedy = `Remove one of them, or name both: -f ${basename(used)} -f ${basename(other)}.`;
  return [{ message: `${other} is not read, for ${basename(used)} is beside it`, remedy }];
}

function isSameFile(one: string, other: string): boolean {
  const [a, b] = [statSync(one), statSync(other)];
  return a.dev === b.dev && a.ino === b.ino;
}

// Somebody has meant it to be there; what it would change is their own.
function wordsOnDangling(override: string | undefined): readonly Problem[] {
  const target = override === undefined ? undefined : danglingTarget(override);
  if (target === undefined) return [];
  return [{ message: `${override} is a link to ${target}, which does not exist, and is not read` }];
}

function nothingFound(looked: readonly string[]): Problem {
  const [first = ".", ...above] = looked;
  const top = above.at(-1);
  const found = othersIn(first);
  const others = found.length === 0 ? [] : [`There is ${found.join(", ")}: its commands can become services.`];
  return {
    message: `no services.yaml in ${first}${top === undefined ? "" : ` or above it, up to ${top}`}`,
    remedy: [...others, "A services.yaml to start from:", "", ...example].join("\n"),
  };
}

const example = [
  "services:",
  "  api:",
  "    command: node server.js",
  "    port: 8000            # given to it as PORT",
  "    ready: { http: / }",
  "  web: { command: npm run dev, port: auto, depends_on: [api] }",
];

const otherFiles =
  /^(?:(?:docker-)?compose\.ya?ml|process-compose\.ya?ml|Procfile(?:\..+)?|mprocs\.ya?ml|package\.json)$/;

function othersIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((file) => otherFiles.test(file))
      .toSorted();
  } catch {
    return [];
  }
}

// A link that leads nowhere counts: it is better told than passed over.
function firstThere(directory: string, names: readonly string[]): string | undefined {
  return names
    .map((name) => join(directory, name))
    .find((path) => existsSync(path) || danglingTarget(path) !== undefined);
}
