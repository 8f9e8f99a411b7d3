// A project in a temporary directory, loaded as the command line would load it.

import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import type { Project, Service } from "../../../src/core/service.ts";
import { loadManifest } from "../../../src/manifest/load.ts";
import type { Loaded, LoadOptions } from "../../../src/manifest/load.ts";
import { renderProblem } from "../../../src/manifest/problem.ts";

export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface Workspace extends AsyncDisposable {
  readonly directory: string;
  load(options?: Partial<LoadOptions>): Promise<Loaded>;
}

/** Writes the files below a new directory that is also the search's upper end. */
export async function workspace(files: Files): Promise<Workspace> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "launch-manifest-")));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  return {
    directory,
    load: async (options) => loadManifest({ directory, ...options, env: { HOME: directory, ...options?.env } }),
    [Symbol.asyncDispose]: async () => rm(directory, { recursive: true, force: true }),
  };
}

/** Loads files, `services.yaml` among them. */
export async function load(
  files: string | Files,
  options?: Partial<LoadOptions>,
): Promise<Loaded & { readonly directory: string }> {
  await using space = await workspace(typeof files === "string" ? { "services.yaml": files } : files);
  return { ...(await space.load(options)), directory: space.directory };
}

/** The project, which must load without a problem. */
export async function project(files: string | Files, options?: Partial<LoadOptions>): Promise<Project> {
  const loaded = await load(files, options);
  if (!loaded.ok) expect.fail(printed(loaded));
  return loaded.project;
}

/** One service of a project that must load. */
export async function service(name: string, files: string | Files, options?: Partial<LoadOptions>): Promise<Service> {
  const found = (await project(files, options)).services.find((each) => each.name === name);
  return found ?? expect.fail(`no service ${name}`);
}

/** Every problem as it is printed, with the directory's name taken out. */
export async function problems(files: string | Files, options?: Partial<LoadOptions>): Promise<string> {
  const loaded = await load(files, options);
  if (loaded.ok) expect.fail("it loaded");
  return printed(loaded);
}

/** Every warning as it is printed. */
export async function warnings(files: string | Files, options?: Partial<LoadOptions>): Promise<string> {
  const loaded = await load(files, options);
  if (!loaded.ok) expect.fail(printed(loaded));
  return printed({ problems: loaded.warnings, directory: loaded.directory });
}

function printed({
  problems,
  directory,
}: {
  readonly problems: readonly Parameters<typeof renderProblem>[0][];
  readonly directory: string;
}): string {
  return problems
    .map((problem) => renderProblem(problem, directory))
    .join("\n")
    .replaceAll(directory, "/project");
}
