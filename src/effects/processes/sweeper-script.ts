// The sweeper as a program: `node … PLAN ENTRY…`. Ends with 0 when nothing is left to do.

import { type SweeperPlan, sweepUp } from "./sweeper.ts";

const at = process.argv.findIndex((word) => word.startsWith("{"));
const plan = JSON.parse(process.argv[at] ?? "") as SweeperPlan;
void sweepUp(plan, process.argv.slice(at + 1)).then((isDone) => process.exit(isDone ? 0 : 1));
