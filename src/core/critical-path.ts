// Where the time until everything was up has gone.

import type { Millis, Service } from "./service.ts";

/** The chain of services that the time to ready was spent on, first to last. */
export function criticalPath(
  services: readonly Service[],
  readyAt: Readonly<Record<string, Millis>>,
): readonly string[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const latest = (names: readonly string[]): string | undefined =>
    names.filter((name) => readyAt[name] !== undefined).toSorted((a, b) => (readyAt[b] ?? 0) - (readyAt[a] ?? 0))[0];
  const path: string[] = [];
  for (let name = latest([...byName.keys()]); name !== undefined;) {
    path.unshift(name);
    name = latest((byName.get(name)?.needs ?? []).map((need) => need.service).filter((need) => !path.includes(need)));
  }
  return path;
}
