// Says before the faults which of them this machine does not allow to be tried, and why.

import { reasonAgainst } from "./abilities.ts";
import { faults } from "./faults.ts";

/** Vitest's global setup. */
export default function setup(): void {
  for (const fault of faults) {
    const reason = reasonAgainst(fault);
    if (reason !== undefined) process.stdout.write(`fault ${fault.number}, ${fault.name}, is left out: ${reason}\n`);
  }
}
