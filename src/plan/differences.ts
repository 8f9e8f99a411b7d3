// What a manifest says now beside what it said when a run began, in the manifest's own words. Pure.

import type { Project, Service } from "../core/service.ts";
import type { Differences } from "../core/session.ts";

/** A part of a service, and the key that says it. */
type Part = readonly [key: string, of: (service: Service) => unknown];

/** The manifest's key for each field of a service; undefined: nobody writes it down there. A new field has to be placed here. */
const keys = {
  name: undefined,
  place: undefined,
  type: "type",
  description: "description",
  version: "version",
  label: "label",
  command: "command",
  workingDir: "working_dir",
  stdin: "stdin",
  tty: "tty",
  env: undefined,
  exportPrefix: undefined,
  host: "host",
  scheme: "scheme",
  endpoints: "port",
  files: "files",
  needs: "depends_on",
  ready: "ready",
  health: "health",
  watchdog: "watchdog",
  restart: "restart",
  stop: "stop",
  logs: "logs",
  onExit: "on_exit",
  successExitCodes: "success_exit_codes",
  enabled: "enabled",
  profiles: "profiles",
  open: "open",
} as const satisfies Record<keyof Service, string | undefined>;

const ownParts: readonly Part[] = [
  ...Object.entries(keys).flatMap(([field, key]): readonly Part[] =>
    key === undefined ? [] : [[key, (service) => service[field as keyof Service]]],
  ),
  ["env", ({ env }) => env.own],
  ["env_file", ({ env }) => env.ownFiles],
];

/** What the services of one manifest share. */
const sharedParts: readonly Part[] = [
  ["env", ({ env }) => env.manifest],
  ["env_file", ({ env }) => env.manifestFiles],
  ["env_prefix", ({ exportPrefix }) => exportPrefix],
];

/** What differs between the project as a run was given it and as it is now; where it stands in a file is no difference. */
export function differencesOf(
  before: Pick<Project, "portPool" | "services">,
  now: Pick<Project, "portPool" | "services">,
): Differences {
  const old = new Map(before.services.map((service) => [service.name, service]));
  const names = new Set(now.services.map(({ name }) => name));
  const pairs = now.services.flatMap((service) => {
    const former = old.get(service.name);
    return former === undefined ? [] : [{ former, service }];
  });
  const differing = (parts: readonly Part[], { former, service }: (typeof pairs)[number]): readonly string[] =>
    parts.filter(([, of]) => textOf(of(former)) !== textOf(of(service))).map(([key]) => key);
  const shared = new Set(pairs.flatMap((pair) => differing(sharedParts, pair)));
  if (textOf(before.portPool) !== textOf(now.portPool)) shared.add("port_pool");
  return {
    settings: [...shared],
    changed: pairs
      .map((pair) => ({ service: pair.service.name, keys: differing(ownParts, pair) }))
      .filter((change) => change.keys.length > 0),
    added: now.services.map(({ name }) => name).filter((name) => !old.has(name)),
    removed: before.services.map(({ name }) => name).filter((name) => !names.has(name)),
  };
}

/** True when nothing differs. */
export function isSame({ settings, changed, added, removed, fault }: Differences): boolean {
  return fault === undefined && [settings, changed, added, removed].every((list) => list.length === 0);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => (key === "place" ? undefined : inner)) ?? "";
}
