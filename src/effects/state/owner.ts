// Whose a run or a state is: its project's root and instance say so, not the directory it was found in. `LAUNCH_STATE_DIR`
// may name one directory for several projects.

import { sep } from "node:path";
import { readPlace } from "./boot.ts";

/** A project's instance, as whoever looks into its state directory sees it. */
export interface Owner {
  /** The project's name. */
  readonly name: string;
  readonly root: string;
  readonly instance: string;
}

/** Who looks, and where. */
interface Looking {
  readonly root: string;
  readonly instance: string;
  readonly directory: string;
}

/**
 * True when it is the same instance of the same project, by whatever path. A project that was moved while it ran is known by
 * its state directory, which has moved with it.
 */
export function isOwn({ root, instance }: Omit<Owner, "name">, looking: Looking): boolean {
  if (instance !== looking.instance) return false;
  if (root === looking.root) return true;
  const place = readPlace(root);
  return place === undefined ? looking.directory.startsWith(looking.root + sep) : place === readPlace(looking.root);
}

/** `shop, instance two, in /home/me/shop`. */
export function describeOwner({ name, root, instance }: Owner): string {
  return instance === "default" ? `${name} in ${root}` : `${name}, instance ${instance}, in ${root}`;
}
