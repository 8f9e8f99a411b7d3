// The page that a person opens for a service. Pure.

import type { Fleet } from "../core/state.ts";
import { render, TemplateError } from "../manifest/interpolate.ts";
import { literal, lookupIn } from "../manifest/layers.ts";
import { exportsOf, ownNames } from "../plan/env.ts";
import { urlIn } from "./summary.ts";

/** `open:` of the manifest on the service's own address, or the address itself; undefined without a port or with a name unknown here. */
export function pageOf(fleet: Fleet, name: string): string | undefined {
  const member = fleet.members[name];
  const base = member === undefined ? "" : urlIn(member);
  if (member === undefined || base === "") return undefined;
  const { open, scheme } = member.service;
  if (open === undefined) return ["http", "https"].includes(scheme) ? base : undefined;
  const members = Object.values(fleet.members);
  const assigned = Object.fromEntries(members.map(({ service, ports }) => [service.name, ports]));
  const exports = exportsOf(
    members.map(({ service }) => service),
    assigned,
  );
  // The rest of what launch sets cannot stand in it.
  const own = ownNames(member.service, assigned, { project: "", instance: "", identityKey: "" });
  const known = lookupIn([literal({ ...exports, ...own, PORT: new URL(base).port })]);
  try {
    const path = render(open, known, (unknown) => {
      throw new TemplateError(`${unknown} is not known`);
    });
    return new URL(path, base).href;
  } catch (error) {
    if (error instanceof TemplateError || error instanceof TypeError) return undefined;
    throw error;
  }
}
