// What a run answers to the faces that attach to it.

import { statSync } from "node:fs";
import type { Details, Differences } from "../control/protocol.ts";
import type { Served } from "../control/server.ts";
import { now } from "../effects/clock.ts";
import { filesBehind } from "../manifest/locate.ts";
import { renderProblem } from "../manifest/problem.ts";
import { differencesOf } from "../plan/differences.ts";
import { checkGraph } from "../plan/graph.ts";
import { withImpliedNeeds } from "../plan/implied.ts";
import { selectServices } from "../plan/select.ts";
import type { Engine } from "./engine.ts";
import type { GlobalArgs } from "./options.ts";
import { type Chosen, loadAsAsked, profilesOf } from "./project.ts";
import { VERSION } from "./version.ts";

/** A run as the control socket serves it. */
export function servedRun(
  { project, warnings }: Chosen,
  args: GlobalArgs,
  engine: Engine,
  lifeline: Pick<Served, "detach" | "onLifelineLost">,
): Served {
  const { supervisor } = engine;
  const { startedAt, replaced } = engine;

  const start: Served["start"] = (names, withNeeds) => {
    const { members } = supervisor.snapshot();
    const wanted = named(names, withNeeds);
    if ("refusal" in wanted) return wanted;
    const missing = wanted.names.filter((name) => members[name] === undefined);
    // Nothing named is everything that there is; what was named has to be there.
    if (names.length > 0 && missing.length > 0) {
      return {
        refusal: `${missing.join(", ")} cannot be started in this run: switched off, left out or of another profile when it began.`,
      };
    }
    const services = wanted.names.filter((name) => members[name] !== undefined);
    supervisor.request({ type: "up", services, needed: wanted.needed });
    return services;
  };

  const named = (
    names: readonly string[],
    withNeeds: boolean,
  ): { readonly names: readonly string[]; readonly needed: readonly string[] } | { readonly refusal: string } => {
    const selected = selectServices(withImpliedNeeds(project.services), {
      names,
      except: [],
      external: [],
      profiles: profilesOf(args),
      withNeeds,
    });
    return selected.ok
      ? { names: selected.services.map(({ name }) => name), needed: selected.needed }
      : { refusal: selected.problems.map(({ message, remedy }) => `${message}. ${remedy ?? ""}`.trim()).join("\n") };
  };

  // What came through a descriptor cannot be read again.
  const isReadable = (): boolean => project.files.every(isRegularFile);

  const differences = async (): Promise<Differences> => {
    if (!isReadable()) return differencesOf(project, project);
    const loaded = await loadAsAsked(args, (services) => checkGraph(withImpliedNeeds(services)));
    if (loaded.ok) return differencesOf(project, loaded.project);
    const [problem] = loaded.problems;
    const fault = problem === undefined ? "" : (renderProblem(problem, project.root).split("\n", 1)[0] ?? "");
    return { settings: [], changed: [], added: [], removed: [], fault };
  };

  return {
    session: supervisor,
    now,
    about: () => ({
      version: VERSION,
      pid: process.pid,
      project: project.name,
      root: project.root,
      instance: args.instance,
      logs: supervisor.output.directory,
      logStarts: Object.fromEntries(
        Object.keys(supervisor.snapshot().members).map((name) => [name, supervisor.output.start(name)]),
      ),
      startedAt,
      ...(isReadable() ? { manifest: filesBehind(project.files, project.root, args.file !== undefined) } : {}),
      ...(replaced === undefined ? {} : { replaced }),
      warnings: warnings.map((warning) => renderProblem(warning, project.root).split("\n", 1)[0] ?? ""),
    }),
    start,
    details: (service): Details | undefined => supervisor.details(service),
    differences,
    signal: (service, signal) => supervisor.signal(service, signal),
    remember: engine.remember,
    attach: (service, size) => supervisor.attach(service, size),
    ...lifeline,
  };
}

function isRegularFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // One that is gone is told by whoever reads it.
    return true;
  }
}
