// Which files a manifest is made of: named ones, or the nearest `services.yaml` upward with its override.

import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Problem } from "./problem.ts";

/** The files to merge, in order, as absolute paths. */
export type Located =
  | { readonly ok: true; readonly files: readonly string[] }
  | { readonly ok: false; readonly problem: Problem };

const manifestNames = ["services.yaml", "services.yml"];
const overrideNames = ["services.override.yaml", "services.override.yml"];

/** The named files relative to `directory`, or what a search upward from it finds, to the git root or `home`, both included. */
export function locateManifest(directory: string, named: readonly string[] | undefined, home = homedir()): Located {
  if (named !== undefined && named.length > 0) {
    return { ok: true, files: named.map((file) => resolve(directory, file)) };
  }
  const looked: string[] = [];
  for (let here = resolve(directory); ; here = dirname(here)) {
    looked.push(here);
    const manifest = firstThere(here, manifestNames);
    if (manifest !== undefined) {
      const override = firstThere(here, overrideNames);
      return { ok: true, files: override === undefined ? [manifest] : [manifest, override] };
    }
    if (here === home || here === dirname(here) || existsSync(join(here, ".git"))) break;
  }
  return { ok: false, problem: nothingFound(looked) };
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

function firstThere(directory: string, names: readonly string[]): string | undefined {
  return names.map((name) => join(directory, name)).find((path) => existsSync(path));
}
