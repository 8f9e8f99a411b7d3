// The graph of needs: names and cycles are checked first, with places; then `toposort` gives the order.

import toposort from "toposort";
import type { Need, Service } from "../core/service.ts";
import type { Problem } from "../manifest/problem.ts";
import { didYouMean } from "../manifest/suggest.ts";

/** Unknown names, services that need themselves, and cycles, each named as a path. Empty: an order exists. */
export function checkGraph(services: readonly Service[]): readonly Problem[] {
  const names = new Set(services.map((service) => service.name));
  const unknown = services.flatMap((service) =>
    service.needs.filter((need) => !names.has(need.service)).map((need) => unknownNeed(service, need, [...names])),
  );
  return [...unknown, ...findCycles(services).map((cycle) => cycleProblem(services, cycle))];
}

/** The services in an order in which each comes after all that it needs. The graph must have been checked. */
export function startOrder(services: readonly Service[]): readonly string[] {
  const names = services.map((service) => service.name);
  return toposort.array(names, edgesOf(services));
}

/** How long the longest way from each service down to one that needs nothing is: 0, 1, 2 … */
export function levelsOf(services: readonly Service[]): ReadonlyMap<string, number> {
  const needs = new Map(services.map((service) => [service.name, service.needs]));
  const levels = new Map<string, number>();
  for (const name of startOrder(services)) {
    const below = (needs.get(name) ?? []).map((need) => levels.get(need.service) ?? -1);
    levels.set(name, Math.max(-1, ...below) + 1);
  }
  return levels;
}

/** Every edge as [needed, needing], among these services. */
function edgesOf(services: readonly Service[]): [string, string][] {
  const names = new Set(services.map((service) => service.name));
  return services.flatMap(({ name, needs }) =>
    needs.filter((need) => names.has(need.service)).map((need): [string, string] => [need.service, name]),
  );
}

/** One cycle for each group of services that wait for each other, as a path that ends where it began. */
function findCycles(services: readonly Service[]): readonly (readonly string[])[] {
  const needs = new Map(services.map((service) => [service.name, service.needs.map((need) => need.service)]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const start of needs.keys()) {
    // Depth first without recursion: a manifest may be a chain of any length.
    const path: { name: string; rest: string[] }[] = [];
    const open = new Set<string>();
    const enter = (name: string): void => {
      open.add(name);
      path.push({ name, rest: [...(needs.get(name) ?? [])] });
    };
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.shift();
      if (next === undefined) {
        done.add(top.name);
        open.delete(top.name);
        path.pop();
        continue;
      }
      if (done.has(next)) continue;
      if (!open.has(next)) {
        enter(next);
        continue;
      }
      const from = path.findIndex((entry) => entry.name === next);
      const cycle = path.slice(from).map((entry) => entry.name);
      cycles.push([...cycle, next]);
      for (const name of cycle) done.add(name);
    }
  }
  return cycles;
}

function unknownNeed(service: Service, need: Need, names: readonly string[]): Problem {
  const suggestion = didYouMean(need.service, names);
  return {
    place: need.place,
    message: `${service.name} needs "${need.service}", which no service is called`,
    remedy: suggestion ?? `The services are ${names.join(", ")}.`,
  };
}

function cycleProblem(services: readonly Service[], cycle: readonly string[]): Problem {
  const [first, second] = cycle;
  const service = services.find(({ name }) => name === first);
  const need = service?.needs.find((one) => one.service === second);
  const place = need === undefined ? {} : { place: need.place };
  if (first === second) return { ...place, message: `${first} needs itself`, remedy: "Remove this line." };
  return {
    ...place,
    message: `these services wait for each other: ${cycle.join(" → ")}`,
    remedy: "Remove one of these needs: nothing in the circle could ever start.",
  };
}
