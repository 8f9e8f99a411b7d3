// What the built dashboard exports, once its layout works.

import * as dashboard from "../src/tui/dashboard.tsx";
import { ready } from "./late-yoga.ts";

/** The dashboard's module. */
export const loaded: Promise<typeof dashboard> = ready.then(() => dashboard);
