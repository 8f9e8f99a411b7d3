// The built `launch` in a terminal, with the dashboard before a person who waits for things and types.

import { newProject, type Manifest, type TestProject } from "../../helpers/project.ts";
import { startScreen, type Surroundings, type TestScreen } from "../../helpers/screen.ts";
import { until } from "../../helpers/wait.ts";

/** A project and its dashboard. */
export interface Dashboard extends AsyncDisposable {
  readonly project: TestProject;
  readonly screen: TestScreen;
}

/** What differs from `launch` without arguments in a project with nothing but its manifest. */
export interface Scene extends Surroundings {
  readonly args?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

/** What Ctrl-C types. */
export const ctrlC = "\u0003";
/** What Esc types. */
export const escape = "\u001b";
/** Prints what is in the file `text` and lives. */
const prints = "cat text; exec sleep 1000";

/** Starts `launch` and does not wait for anything. */
export function startDashboard(manifest: Manifest, { args, files, ...around }: Scene = {}): Dashboard {
  const project = newProject(manifest, files);
  const screen = startScreen(project, args, around);
  return {
    project,
    screen,
    async [Symbol.asyncDispose]() {
      try {
        await screen[Symbol.asyncDispose]();
      } finally {
        await project[Symbol.asyncDispose]();
      }
    },
  };
}

/** Starts `launch` and waits until everything is up and the footer is free again. */
export async function openDashboard(manifest: Manifest, scene: Scene = {}): Promise<Dashboard> {
  const dashboard = startDashboard(manifest, scene);
  try {
    await dashboard.screen.until("all up after");
    // Any key puts the summary away.
    dashboard.screen.type(escape);
    await dashboard.screen.until("? help");
  } catch (error) {
    await dashboard[Symbol.asyncDispose]();
    throw error;
  }
  return dashboard;
}

/** A service that prints these lines and lives. */
export function printing(lines: readonly string[]): {
  readonly services: object;
  readonly files: Record<string, string>;
} {
  return { services: { app: prints }, files: { text: `${lines.join("\n")}\n` } };
}

/** Waits until the question stands, and as long as it ignores keys that were typed before it came. */
export async function asked(screen: TestScreen, title: string | RegExp): Promise<void> {
  await screen.until(title);
  const isGrave = /taken|conflicts|KILL|Really/.test(String(title));
  await new Promise((resolve) => setTimeout(resolve, isGrave ? 550 : 200));
}

/** The row of the table that is a service's. */
export function rowOf(screen: TestScreen, service: string): string {
  const rows = screen.screen().split("\n");
  return rows.find((row) => new RegExp(`^ [> ] ${service}\\s`).test(row)) ?? "";
}

/** Waits until the service's row of the table shows it; answers the row. */
export async function untilRow(screen: TestScreen, service: string, what: RegExp): Promise<string> {
  await until(`${String(what)} in the row of ${service}`, () => what.test(rowOf(screen, service)), screen.screen);
  return rowOf(screen, service);
}

/** The last text that was sent to the terminal's clipboard. */
export function clipboardOf(screen: TestScreen): string | undefined {
  const last = [...screen.raw().matchAll(/\u001b\]52;c;([A-Za-z0-9+/=]*)\u0007/g)].at(-1)?.[1];
  return last === undefined ? undefined : Buffer.from(last, "base64").toString();
}

/** What runs in the project beside the engine, which needs a moment more to say goodbye. */
export function servicesIn(project: TestProject): readonly string[] {
  // A process that is just ending has no command line any more.
  return project.processes().flatMap(({ command }) => (isEngine(command) || command === "" ? [] : [command]));
}

/** True for the command line of an engine. */
export function isEngine(command: string): boolean {
  return command.includes(" --engine");
}
