// Loads the dashboard, a module of its own that a start without a terminal never reads. The build puts in this file's place what
// finds it beside the bundle; run from the sources, launch shows the dashboard that was built last.

import type { runDashboard } from "../tui/dashboard.tsx";

/** What the dashboard's module exports. */
export interface DashboardModule {
  readonly runDashboard: typeof runDashboard;
}

/** Loads it; rejects when it is not there. */
export async function loadDashboard(): Promise<DashboardModule> {
  return (await import(new URL("../../dist/dashboard.mjs", import.meta.url).href)) as DashboardModule;
}
