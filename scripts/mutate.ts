// Breaks the code on purpose, one small change at a time, and says which changes no test notices.
//
//     npm run mutate -- [FOLDER or FILE…] [--sample 100] [--seed 1] [--unit]
//
// A mutant of the pure floors has to be noticed by the unit tests or by the type check, any other by these or by the integration
// tests that import its file (not with `--unit`). The end-to-end tests are not asked: they run what was built.

import { globSync, readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { copyTree, type Copy } from "./mutation/copy.ts";
import { type Mutant, mutantsOf, mutated } from "./mutation/mutants.ts";
import { sampleOf } from "./mutation/sample.ts";

type Project = "unit" | "integration";

const root = resolve(import.meta.dirname, "..");
const pureFloors = ["client", "control", "core", "manifest", "plan"].map((floor) => `src/${floor}`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string", default: "100" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 100_000)) },
    unit: { type: "boolean", default: false },
  },
});
const places = positionals.length === 0 ? pureFloors : positionals.map((place) => relative(root, resolve(place)));
const files = places.flatMap((place) => filesIn(place)).toSorted();
const all = files.flatMap((file) => mutantsOf(file, readFileSync(resolve(root, file), "utf8")));
const sample = sampleOf(all, Number(values.sample), Number(values.seed));
console.log(`${sample.length} of ${all.length} mutants, seed ${values.seed}`);

using copy = copyTree(root);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    copy[Symbol.dispose]();
    process.exit(1);
  });
}
const limits = new Map<Project, number>();
const survivors: Mutant[] = [];
for (const [index, mutant] of sample.entries()) {
  // Seen in a terminal alone, and written over by what comes next.
  if (process.stderr.isTTY) process.stderr.write(`${index} of ${sample.length}\r`);
  if (await isNoticed(copy, mutant)) continue;
  survivors.push(mutant);
  console.log(`${mutant.file}:${mutant.line}:${mutant.column}\n    ${brief(mutant).join("\n  → ")}`);
}
console.log();
for (const floor of [...new Set(sample.map(floorOf))].toSorted()) console.log(verdict(floor));

function filesIn(place: string): readonly string[] {
  if (statSync(resolve(root, place)).isFile()) return [place];
  return globSync(`${place}/**/*.{ts,tsx}`, { cwd: root });
}

/** Whether a test or the type check fails because of the mutant. */
async function isNoticed(copy: Copy, mutant: Mutant): Promise<boolean> {
  const source = copy.read(mutant.file);
  const projects: readonly Project[] =
    values.unit || pureFloors.includes(floorOf(mutant)) ? ["unit"] : ["unit", "integration"];
  for (const project of projects) if (!limits.has(project)) limits.set(project, await timeOf(copy, project));
  copy.write(mutant.file, mutated(source, mutant));
  try {
    if ((await test(copy, "unit", [mutant.file])) !== "passed") return true;
    if ((await copy.run("tsc", ["--noEmit"])) !== "passed") return true;
    return projects.includes("integration") && (await test(copy, "integration", [mutant.file])) !== "passed";
  } finally {
    copy.write(mutant.file, source);
  }
}

/** The milliseconds that the tests may take with a mutant: several times what they take without, since a mutant may never end. */
async function timeOf(copy: Copy, project: Project): Promise<number> {
  const start = performance.now();
  const touched = [...new Set(sample.map(({ file }) => file))];
  if ((await test(copy, project, touched)) !== "passed") {
    console.error(copy.said());
    throw new Error(`The ${project} tests fail without any mutant.`);
  }
  return 20_000 + 4 * (performance.now() - start);
}

/** Runs the tests of the project that import one of the files, up to the first that fails. */
function test(copy: Copy, project: Project, touched: readonly string[]): ReturnType<Copy["run"]> {
  const options = ["--run", "--project", project, "--bail", "1", "--maxWorkers", "1", "--passWithNoTests"];
  return copy.run("vitest", ["related", ...touched, ...options], limits.get(project));
}

function floorOf({ file }: Mutant): string {
  return file.split("/").slice(0, 2).join("/");
}

function verdict(floor: string): string {
  const total = sample.filter((mutant) => floorOf(mutant) === floor).length;
  const noticed = total - survivors.filter((mutant) => floorOf(mutant) === floor).length;
  return `${floor.padEnd(16)} ${noticed} of ${total} noticed, ${Math.round((100 * noticed) / total)} %`;
}

/** What was and what is instead, each on a line that shows the difference. */
function brief({ before, after }: Mutant): readonly string[] {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  return [before, after].map((text) => {
    const from = Math.max(0, same - 40);
    const shown = text.slice(from, from + 100).replaceAll(/\s+/g, " ");
    return `${from > 0 ? "…" : ""}${shown}${from + 100 < text.length ? "…" : ""}`;
  });
}
