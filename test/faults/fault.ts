// One fault as a test that has its number and name.

import { test } from "vitest";
import { reasonAgainst } from "./abilities.ts";
import { faults } from "./faults.ts";

/** The test of one fault, beside the others of its file; left out with the reason where the machine does not allow it. */
export function fault(number: number, run: () => Promise<void>): void {
  const found = faults.find((one) => one.number === number);
  if (found === undefined) throw new Error(`there is no fault ${number}`);
  const reason = reasonAgainst(found);
  const title = `${number} ${found.name}`;
  if (reason === undefined) test.concurrent(title, run);
  else test.skip(`${title}: left out, because ${reason}`, run);
}
