// Every scenario, in the order of the report. What is measured alone comes first, while the machine is as quiet as it gets.

import { orphans, survivors } from "./scenarios/ends.ts";
import { cpu, idle } from "./scenarios/idle.ts";
import { lines } from "./scenarios/lines.ts";
import { respawn } from "./scenarios/respawn.ts";
import type { Measured } from "./scenarios/scenario.ts";
import { chain, check, cold, ready } from "./scenarios/startup.ts";
import { exit, mistakes, stranger } from "./scenarios/wrong.ts";

export const allScenarios: readonly Measured[] = [
  cold,
  check,
  ready,
  chain,
  idle,
  cpu,
  respawn,
  lines,
  orphans,
  survivors,
  mistakes,
  stranger,
  exit,
];
