// Which services launch listens to, and which words of the environment are about that and are launch's own.

import type { Service } from "../core/service.ts";
import { spawnNames } from "../manifest/names.ts";

/** True for a service that launch listens to. */
export function isHeard({ ready, watchdog }: Service): boolean {
  return ready.probe.kind === "notify" || watchdog !== undefined;
}

/** The environment without what was handed over to launch itself. */
export function withoutHandover(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !spawnNames.includes(name)));
}
