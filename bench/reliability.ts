// Measures what is left, lost or refused when things go wrong: `node bench/reliability.ts [--runs N] [--minutes N] [SCENARIO…]`,
// all scenarios when none is named. Needs Linux, gcc and a build; some also root, Python with uvicorn, or Go. Prints a Markdown
// table; ends with 1 when a goal is missed or a measurement failed.

import { guard, obedient, stop100 } from "./ending.ts";
import { measure } from "./measure.ts";
import { both } from "./next-start.ts";
import { pidreuse } from "./pid-reuse.ts";
import { refused } from "./refused.ts";
import { rotation } from "./rotation.ts";
import { soak } from "./soak.ts";
import { zoo } from "./zoo.ts";

await measure({ zoo, both, obedient, stop100, guard, refused, pidreuse, rotation, soak });
