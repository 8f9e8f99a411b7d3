// A cgroup for a run of a service, where the system lets us make one: everything that the run starts is in it, and one write
// kills all of it at once, however fast it forks. Joining costs some milliseconds, so a service has to ask for it.

import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { now, sleep } from "../clock.ts";

/** How long a cgroup is emptied after it was killed, in milliseconds. */
const patience = 2000;

/** Where cgroups of ours would be: below our own, in the second version of cgroups; undefined where there is none. */
export function cgroupBase(): string | undefined {
  try {
    const own = /^0::(\/.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
    const mount = /^\S+ \S+ \S+ (\S+) (\S+) .* - cgroup2 /m.exec(readFileSync("/proc/self/mountinfo", "utf8"));
    const [, root = "", at = ""] = mount ?? [];
    if (own === undefined || mount === null || !own.startsWith(root)) return undefined;
    return join(at, own.slice(root === "/" ? 0 : root.length));
  } catch {
    return undefined;
  }
}

/** What the cgroups of an engine's services begin with. */
export function cgroupPrefix(instance: number): string {
  return `launch-${instance}-`;
}

/** Makes a cgroup; undefined where the system does not let us. */
export function makeCgroup(instance: number, service: string, run: number): string | undefined {
  const base = cgroupBase();
  if (base === undefined) return undefined;
  const path = join(base, `${cgroupPrefix(instance)}${service}-${run}`);
  try {
    mkdirSync(path);
    return path;
  } catch {
    return undefined;
  }
}

/** SIGKILL to all that is in it, at once. */
export function killCgroup(path: string): void {
  try {
    writeFileSync(join(path, "cgroup.kill"), "1");
  } catch {
    // Gone, or a kernel before 5.14: then the sweep alone has to do.
  }
}

/** Kills what is left in it and removes it; false when it could not be emptied. */
export async function endCgroup(path: string): Promise<boolean> {
  const until = now() + patience;
  for (;;) {
    if (!isPopulated(path) && remove(path)) return true;
    if (now() > until) return false;
    killCgroup(path);
    await sleep(5);
  }
}

/** Ends all cgroups of an engine that is gone. */
export async function endCgroups(instance: number): Promise<void> {
  const base = cgroupBase();
  if (base === undefined) return;
  const own = readdirSync(base).filter((entry) => entry.startsWith(cgroupPrefix(instance)));
  await Promise.all(own.map((entry) => endCgroup(join(base, entry))));
}

function isPopulated(path: string): boolean {
  try {
    return /^populated 1$/m.test(readFileSync(join(path, "cgroup.events"), "utf8"));
  } catch {
    return false;
  }
}

function remove(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}
