// The engine in the tests' own process, without a command line: what it says is heard as `launch --json` would print it.

import { answerByPolicy } from "../../src/cli/answers.ts";
import { type Engine, openEngine } from "../../src/cli/engine.ts";
import { newJsonPrinter } from "../../src/cli/json-printer.ts";
import type { Request } from "../../src/core/event.ts";
import { exitCodeOf, type Outcome, type Rules } from "../../src/core/state.ts";
import type { Attachment, Size } from "../../src/effects/processes/audience.ts";
import { type ForkServer, openForkServer } from "../../src/effects/processes/fork-server.ts";
import { loadManifest } from "../../src/manifest/load.ts";
import { checkGraph } from "../../src/plan/graph.ts";
import { type Events, newEvents, type Said } from "./events.ts";
import { path, type TestProject } from "./project.ts";
import { within } from "./wait.ts";

// What services inherit.
process.env["PATH"] = path;

/** An engine that runs. Disposing ends what still runs and waits for it. */
export interface Running extends AsyncDisposable {
  readonly engine: Engine;
  readonly events: Events;
  request(request: Request): void;
  /** The outcome once nothing lives any more. */
  readonly ended: Promise<Outcome>;
  /** Asks for the end and gives the exit code that it means. */
  stop(): Promise<number>;
  /** Joins a service's terminal. */
  attach(service: string, size?: Size): Attachment;
  /** The last lines of a service. */
  lines(service: string): readonly string[];
}

/** Runs all services of the project, as a run without a terminal does unless `rules` say otherwise; `around` wraps how they are spawned. */
export async function startEngine(
  project: TestProject,
  rules: Partial<Rules> = {},
  around: (forks: ForkServer) => ForkServer = (forks) => forks,
): Promise<Running> {
  const loaded = await loadManifest({ directory: project.directory, env: process.env, check: checkGraph });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join("\n"));
  const { services } = loaded.project;
  const forks = openForkServer();
  const engine = await openEngine({
    project: loaded.project,
    services,
    instance: "default",
    rules: { onFailure: "stop", restarts: true, patient: false, endWhenSettled: true, ...rules },
    strictPorts: false,
    colors: false,
    forks: around(forks),
    onArrived: () => {},
    answer: (service, conflicts) => Promise.resolve(answerByPolicy(service, conflicts, { strictPorts: false })),
  });
  const { supervisor } = engine;
  let said = "";
  const events = newEvents(() => said.slice(-6000));
  const say = (text: string): void => {
    said += text;
    for (const line of text.trimEnd().split("\n")) events.add(JSON.parse(line) as Said);
  };
  const nothing = (): void => {};
  const writer = { say, show: say, sayNow: say, hold: nothing, release: nothing, flush: () => Promise.resolve() };
  const printer = newJsonPrinter(writer, false);
  supervisor.subscribe((entry) => printer.onEntry(entry, supervisor.snapshot()));
  supervisor.output.subscribe(printer.onLines);
  void supervisor.ended.then(() => events.close());
  supervisor.request({ type: "up", services: services.map(({ name }) => name) });

  const ended = (): Promise<Outcome> => within("the end of the run", supervisor.ended, () => said.slice(-6000));
  const quit = (force: boolean): void => supervisor.request({ type: "quit", by: "request", force });
  return {
    engine,
    events,
    request: supervisor.request,
    get ended() {
      return ended();
    },
    async stop() {
      quit(false);
      return exitCodeOf(await ended());
    },
    attach(service, size = { columns: 80, rows: 24 }) {
      const attached = supervisor.attach(service, size);
      if (typeof attached === "string") throw new Error(attached);
      return attached;
    },
    lines: (service) => supervisor.output.last(service, 100),
    async [Symbol.asyncDispose]() {
      quit(true);
      await ended();
      await engine[Symbol.asyncDispose]();
      await forks[Symbol.asyncDispose]();
    },
  };
}
