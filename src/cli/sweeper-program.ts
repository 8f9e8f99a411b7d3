// How the sweeper is run by whoever outlives us. The build puts in this file's place what reads the script beside the bundle, so
// that it can be run even after launch itself has been removed; from its sources it is run as a file.

import { fileURLToPath } from "node:url";

/** What Node is given to run the sweeper, before the sweeper's own arguments. */
export function sweeperProgram(): readonly [option: string, script: string] {
  return [
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(new URL("../effects/processes/sweeper-script.ts", import.meta.url)),
  ];
}
