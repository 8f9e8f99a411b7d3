// Whether a service's ports are its own to take or somebody's else, told apart from what its own former runs still hold.

import type { Conflict } from "../core/conflict.ts";
import type { Ports } from "../effects/ports/ports.ts";
import type { Custody } from "./custody.ts";

/** The ports that others have; not what former runs of the service left, which is waited for. */
export async function contestedPorts(
  name: string,
  { ports, custody }: { readonly ports: Ports; readonly custody: Custody },
): Promise<readonly Conflict[]> {
  const conflicts = await ports.open(name);
  return conflicts.length > 0 && (await custody.swept(name)) ? ports.open(name) : conflicts;
}
