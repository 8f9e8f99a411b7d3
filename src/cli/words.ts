// The words about a run as a whole.

import type { Service } from "../core/service.ts";

/** The first line about a run: how many services, and which. */
export function openingWords(project: string, services: readonly Service[]): string {
  const names = services.map((service) => service.name).join(", ");
  return `${project}: ${countServices(services.length)} (${names})`;
}

/** `1 service`, `3 services`. */
export function countServices(count: number): string {
  return count === 1 ? "1 service" : `${count} services`;
}
