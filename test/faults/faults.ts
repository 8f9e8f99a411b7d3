// The sixty faults: what each is called, and what a machine must allow for it to be tried. `docs/reliability.md` says what is promised
// under each of them; a unit test keeps the three in step.

import type { Ability } from "./abilities.ts";

/** One fault of the list. */
export interface Fault {
  readonly number: number;
  readonly name: string;
  readonly needs: readonly Ability[];
}

const names: readonly (readonly [name: string, ...needs: Ability[]])[] = [
  ["supervisor killed"],
  ["guard killed"],
  ["both killed"],
  ["supervisor frozen"],
  ["state file torn"],
  ["state from another boot"],
  ["pid reused", "namespace", "next pid"],
  ["disk full", "namespace", "mounts"],
  ["run directory deleted while running"],
  ["descriptors exhausted"],
  ["fork failure", "another user"],
  ["service killed by the system"],
  ["crash loop"],
  ["slow crash loop"],
  ["exit 0 under on-failure"],
  ["TERM ignored"],
  ["stopped process"],
  ["daemonising service"],
  ["leader exits, workers live"],
  ["hopper"],
  ["grandchild keeps the output open"],
  ["never ready"],
  ["ready then dead"],
  ["flapping health"],
  ["health endpoint hangs, trickles or redirects to itself"],
  ["health answered by a stranger"],
  ["port taken"],
  ["many runs at once"],
  ["dependency cycle, unknown or self dependency"],
  ["YAML bombs, anchors, duplicate keys, tabs, NUL, BOM, 10 MB"],
  ["manifest changes while running"],
  ["endless line, binary, NUL, invalid UTF-8"],
  ["100 MB/s from 10 services"],
  ["log truncated, moved or deleted from outside"],
  ["terminal gone", "terminal"],
  ["Ctrl-C once, twice and three times", "terminal"],
  ["clock step"],
  ["slow or vanished client"],
  ["command missing, not executable, bad directory, bad variable, bad signal"],
  ["launch and Node replaced while it runs"],
  ["links that lead out of the project"],
  ["control characters in what is quoted"],
  ["a flood of connections"],
  ["values that a shell would run"],
  ["locks and leases taken by another user", "another user"],
  ["special files in the place of ours"],
  ["fork server killed"],
  ["engine stopped"],
  ["engine and guard stopped or killed, in every pair"],
  ["launch killed while it is taken down"],
  ["pattern that could search for ever"],
  ["service that goes into the background"],
  ["several starts at once"],
  ["two signals at once"],
  ["stop command of no use"],
  ["state directory of another project"],
  ["port of the shell"],
  ["server on a port of its own"],
  ["named pipe that nobody writes into"],
  ["working directory that is gone"],
];

/** All of them, in their order. */
export const faults: readonly Fault[] = names.map(([name, ...needs], index) => ({ number: index + 1, name, needs }));
