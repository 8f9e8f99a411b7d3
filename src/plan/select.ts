// Which services of a manifest a command is about: those it names, what they need, and what profiles allow.

import type { Service } from "../core/service.ts";
import type { Problem } from "../manifest/problem.ts";
import { didYouMean } from "../manifest/suggest.ts";

/** What the command line says about the selection. */
export interface Selection {
  /** Names or globs (`*`, `?`); empty: every service that is enabled and in a profile. */
  readonly names: readonly string[];
  /** Left out, whoever needs them. */
  readonly except: readonly string[];
  /** Taken as already running elsewhere: probed, never started. */
  readonly external: readonly string[];
  readonly profiles: readonly string[];
  /** False with `--no-deps`: only the named ones, as if their needs were met. */
  readonly withNeeds: boolean;
}

/** The chosen services in the manifest's order, with only the needs that are to be waited for; or what is wrong. */
export type Selected =
  | {
      readonly ok: true;
      readonly services: readonly Service[];
      /** The names of those that are only there because another needs them. */
      readonly needed: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Chooses services. Names that match nothing, and needs that are switched off, are problems. */
export function selectServices(services: readonly Service[], selection: Selection): Selected {
  const byName = new Map(services.map((service) => [service.name, service]));
  const problems = [...selection.names, ...selection.except, ...selection.external].flatMap(
    (pattern) => unmatched(pattern, services) ?? [],
  );
  if (problems.length > 0) return { ok: false, problems };

  const isExcepted = matcher(selection.except);
  const isNamed = matcher(selection.names);
  const roots = services.filter(({ name, ...service }) =>
    isExcepted(name) ? false : selection.names.length === 0 ? isOn(service, selection.profiles) : isNamed(name),
  );
  const chosen = new Set(roots.map((service) => service.name));
  const queue = selection.withNeeds ? [...roots] : [];
  for (let service = queue.shift(); service !== undefined; service = queue.shift()) {
    for (const need of service.needs) {
      const needed = byName.get(need.service);
      if (needed === undefined || chosen.has(needed.name) || isExcepted(needed.name)) continue;
      if (isOn(needed, selection.profiles)) {
        chosen.add(needed.name);
        queue.push(needed);
      } else if (need.required) {
        problems.push({ place: need.place, ...switchedOff(service, needed) });
      }
    }
  }
  if (problems.length > 0) return { ok: false, problems };

  const isExternal = matcher(selection.external);
  const result = services
    .filter(({ name }) => chosen.has(name))
    .map((service) => ({ ...service, needs: service.needs.filter((need) => chosen.has(need.service)) }))
    .map((service) => (isExternal(service.name) ? asExternal(service) : service));
  const asked = new Set(roots.map(({ name }) => name));
  const needed = result.flatMap(({ name }) => (asked.has(name) ? [] : [name]));
  return { ok: true, services: result, needed };
}

/** The names among `known` that the patterns match, and a problem for each pattern that matches none. */
function unmatched(pattern: string, services: readonly Service[]): Problem | undefined {
  const names = services.map((service) => service.name);
  if (names.some(matcher([pattern]))) return undefined;
  const suggestion = didYouMean(pattern, names);
  return {
    message: `no service is called "${pattern}"`,
    remedy: suggestion ?? `The services are ${names.join(", ")}.`,
  };
}

/** A problem for each profile that no service is in. */
export function unknownProfiles(services: readonly Service[], named: readonly string[]): readonly Problem[] {
  const known = [...new Set(services.flatMap(({ profiles }) => profiles))];
  return named
    .filter((profile) => !known.includes(profile))
    .map((profile) => ({
      message: `no service is in a profile "${profile}"`,
      remedy:
        didYouMean(profile, known) ??
        (known.length === 0 ? "No service here has a profile." : `The profiles are ${known.join(", ")}.`),
    }));
}

function isOn(service: Pick<Service, "enabled" | "profiles">, profiles: readonly string[]): boolean {
  return (
    service.enabled && (service.profiles.length === 0 || service.profiles.some((profile) => profiles.includes(profile)))
  );
}

function switchedOff(service: Service, needed: Service): Omit<Problem, "place"> {
  if (!needed.enabled) {
    return {
      message: `${service.name} needs ${needed.name}, which is switched off (enabled: false)`,
      remedy: `Enable ${needed.name}, or make the need optional with required: false.`,
    };
  }
  return {
    message: `${service.name} needs ${needed.name}, which is only in ${needed.profiles.length === 1 ? "profile" : "profiles"} ${needed.profiles.join(", ")}`,
    remedy: `Add --profile ${needed.profiles[0]}, or make the need optional with required: false.`,
  };
}

/** A service that is taken to run elsewhere keeps its probe, which then may be answered by anyone. */
function asExternal(service: Service): Service {
  const { command: _, ...rest } = service;
  return { ...rest, type: "external", needs: [], files: [], ready: { ...service.ready, owner: "any" } };
}

/** A test for names against globs in which `*` is any text and `?` one character. */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
    return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  });
  return (name) => expressions.some((expression) => expression.test(name));
}
