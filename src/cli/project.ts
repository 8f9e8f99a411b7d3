// The manifest and the services that a command is about, or what is wrong with them, printed.

import { printError } from "./print.ts";
import { resolve } from "node:path";
import type { Project, Service } from "../core/service.ts";
import { type Loaded, loadManifest } from "../manifest/load.ts";
import { type Problem, renderProblem } from "../manifest/problem.ts";
import { checkGraph } from "../plan/graph.ts";
import { withImpliedNeeds } from "../plan/implied.ts";
import { selectServices, unknownProfiles } from "../plan/select.ts";
import { meantCommand, otherCommand, type Typed } from "./meant-command.ts";
import type { GlobalArgs, SelectionArgs } from "./options.ts";

/** What a command works on. */
export interface Chosen {
  readonly project: Project;
  /** The chosen services, in the manifest's order. */
  readonly services: readonly Service[];
  /** The names of those that are only there because another needs them. */
  readonly needed: readonly string[];
  readonly warnings: readonly Problem[];
}

/** Reads the manifest and chooses; undefined when something is wrong, and then it has been told. */
export async function chooseServices(
  args: GlobalArgs & Pick<Typed, "_"> & { readonly [Name in keyof SelectionArgs]?: SelectionArgs[Name] | undefined },
  tell: (problems: readonly Problem[]) => void = printProblems,
): Promise<Chosen | undefined> {
  const project = await readProject(args, tell);
  if (project === undefined) {
    printError(otherCommand(args));
    return undefined;
  }
  // What LAUNCH_PROFILE names may be meant for other projects.
  const mistyped = unknownProfiles(project.project.services, namesIn(args.profile));
  if (mistyped.length > 0) {
    tell(mistyped);
    return undefined;
  }
  const selected = selectServices(withImpliedNeeds(project.project.services), {
    names: namedServices(args),
    except: namesIn(args.except),
    external: namesIn(args.external),
    profiles: profilesOf(args),
    withNeeds: args.deps ?? true,
  });
  if (selected.ok) return { ...project, services: selected.services, needed: selected.needed };
  tell(selected.problems);
  printError(meantCommand(args, selected.problems.map(({ message }) => message).join("\n")));
  return undefined;
}

/** The names and globs that the command line gives. */
export function namedServices(args: {
  readonly [Name in keyof SelectionArgs]?: SelectionArgs[Name] | undefined;
}): readonly string[] {
  return [...namesIn(args.service), ...namesIn(args.services)];
}

/** The profiles that the command line and the environment name. */
export function profilesOf(args: Pick<GlobalArgs, "profile">): readonly string[] {
  return [...namesIn(args.profile), ...namesIn(process.env["LAUNCH_PROFILE"])];
}

/**
 * The services that a run can be asked to start later: those of these profiles that are neither chosen nor left out.
 * None where their needs cannot all be met.
 */
export function otherServices({ project, services }: Chosen, args: GlobalArgs & SelectionArgs): readonly Service[] {
  const selected = selectServices(withImpliedNeeds(project.services), {
    names: [],
    except: namesIn(args.except),
    external: namesIn(args.external),
    profiles: profilesOf(args),
    withNeeds: true,
  });
  const chosen = new Set(services.map(({ name }) => name));
  return selected.ok ? selected.services.filter(({ name }) => !chosen.has(name)) : [];
}

/** Reads the manifest; undefined when something is wrong, and then it has been told. */
export async function readProject(
  args: GlobalArgs,
  tell: (problems: readonly Problem[]) => void = printProblems,
): Promise<Omit<Chosen, "services" | "needed"> | undefined> {
  const loaded = await loadAsAsked(args, (services) => checkGraph(withImpliedNeeds(services)));
  if (loaded.ok) return { project: loaded.project, warnings: loaded.warnings };
  tell(loaded.problems);
  return undefined;
}

/** Reads the manifest that the command line names or that is found, and prints nothing; `check` judges its services. */
export function loadAsAsked(
  args: Pick<GlobalArgs, "directory" | "dotenv" | "file">,
  check: (services: readonly Service[]) => readonly Problem[] = () => [],
): Promise<Loaded> {
  return loadManifest({
    directory: resolve(args.directory ?? "."),
    dotenv: args.dotenv,
    env: { ...process.env },
    check,
    ...(args.file === undefined ? {} : { files: args.file }),
  });
}

/** Problems on stderr, as a person reads them. */
function printProblems(problems: readonly Problem[]): void {
  printError(`${problems.map((problem) => renderProblem(problem, process.cwd())).join("\n\n")}\n`);
}

/** `a,b` and `["a", "b,c"]` alike, without empty names. */
function namesIn(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return [value]
    .flat()
    .flatMap((part) => part.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
