// Which services launch listens to, and which words of the environment are about that and are launch's own.

import type { Service } from "../core/service.ts";
import { controlNames, spawnNames } from "../manifest/names.ts";

const own: ReadonlySet<string> = new Set([...spawnNames, ...controlNames]);

/** True for a service that launch listens to. */
export function isHeard({ ready, watchdog }: Service): boolean {
  return ready.probe.kind === "notify" || watchdog !== undefined;
}

/** The environment without what is meant for launch itself: what it was handed over, and what it was told. */
export function withoutOwnWords(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.has(name)));
}
