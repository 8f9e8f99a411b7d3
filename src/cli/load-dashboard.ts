// Loads the dashboard, a script of its own that a start without a terminal never reads. The build puts in this file's place what
// finds it beside the bundle; run from its sources, launch has no dashboard, because Node alone does not read TSX.

import type * as dashboard from "../tui/dashboard.tsx";

/** Loads it. */
export function loadDashboard(): Promise<typeof dashboard> {
  return Promise.reject(new Error("The dashboard has to be built: npm run build, and then bin/launch.js."));
}
