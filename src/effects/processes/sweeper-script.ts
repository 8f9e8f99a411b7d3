// The sweeper as a program: `node … PLAN ENTRY…`. Ends with 0 when nothing is left to do.

import { endingSignals } from "../../core/ending-signals.ts";
import { type SweeperPlan, sweepUp } from "./sweeper.ts";

// Whoever tells everybody to end, as at a logout, means the services too: what is begun is brought to its end. By SIGUSR1 Node
// would open its debugger.
for (const signal of [...endingSignals, "SIGUSR1"] as const) process.on(signal, () => {});

const at = process.argv.findIndex((word) => word.startsWith("{"));
const plan = JSON.parse(process.argv[at] ?? "") as SweeperPlan;
void sweepUp(plan, process.argv.slice(at + 1)).then((isDone) => process.exit(isDone ? 0 : 1));
