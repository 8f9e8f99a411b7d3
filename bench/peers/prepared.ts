// A job made ready for one peer: a directory of its own with what the peer reads, and an end to all that belongs to it.

import { spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Bench, programOf } from "../machine.ts";
import { kill } from "../witness.ts";
import { type Contender, environmentOf } from "./contender.ts";
import type { Job, Plan, Scenario, Service } from "./peer.ts";
import { endAll, residents } from "./residents.ts";

/** What the trials of one benchmark have in common. */
export interface Ground {
  readonly bench: Bench;
  readonly path: string;
}

/** A service before it is known where it stamps: the arguments are those of the service's program. */
export type Wanted = Partial<Omit<Service, "name" | "argv">> & {
  readonly does: readonly (string | number)[];
  /** Instead of the service's program. */
  readonly program?: string;
};

/** A job whose files are there; the directory is gone after disposal, and whoever belongs to it. */
export interface Prepared extends AsyncDisposable {
  readonly job: Job;
  readonly plan: Plan;
  readonly env: Readonly<Record<string, string>>;
  readonly file: string;
}

/** Writes the files of a job into a directory of its own. */
export function prepare(
  { bench, path }: Ground,
  { peer, file }: Contender,
  scenario: Scenario,
  wanted: Readonly<Record<string, Wanted>>,
): Prepared {
  const directory = mkdtempSync(join(bench.directory, "job-"));
  const program = join(directory, "service");
  copyFileSync(bench.service, program);
  const services = Object.entries(wanted).map(([name, { does, program: other, ...rest }]): Service => {
    const argv = [other ?? program, "as", stampsOf(directory), name, ...does.map(String)];
    return { needs: [], restart: "no", graceMs: 2000, ...rest, name, argv };
  });
  const job = { scenario, directory, program, services };
  const plan = peer.plan(job);
  for (const [name, text] of Object.entries(plan.files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  const env = { ...environmentOf(path, directory), ...plan.env };
  return {
    job,
    plan,
    env,
    file,
    async [Symbol.asyncDispose]() {
      const { cleanUp } = plan;
      if (cleanUp !== undefined) {
        // Who is still starting things would go on with that behind its back.
        residents(directory)
          .filter((pid) => programOf(pid) !== program)
          .forEach(kill);
        await run(file, cleanUp, { cwd: directory, env, stdio: "ignore", timeout: 20_000 });
      }
      await endAll(directory);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Not waited for by blocking: others may be measured meanwhile. */
async function run(file: string, args: readonly string[], options: SpawnOptions): Promise<void> {
  await once(spawn(file, args, options), "exit");
}

/** The file that the services of a job stamp into. */
export function stampsOf(directory: string): string {
  return join(directory, "stamps");
}
