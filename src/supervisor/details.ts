// What is told of a run's preparation to whoever asks: everything but the values, which may be secrets.

import type { Details, Environment } from "../core/session.ts";
import type { RenderedCommand } from "../effects/processes/spec.ts";
import type { Preparation } from "./prepare.ts";

/** The preparation as a person may see it. */
export function detailsOf(preparation: Preparation, lastLines: readonly string[]): Details {
  const { service, command, files, clashes } = preparation;
  return {
    command: command === undefined ? "" : asTyped(command),
    workingDir: service.workingDir,
    environment: environmentOf(preparation),
    lastLines,
    files: files.map(({ path }) => path),
    clashes,
  };
}

function environmentOf({ env, setBy }: Preparation): Environment {
  const manifest = new Set(setBy.manifest);
  const launch = new Set(setBy.launch);
  const names = Object.keys(env).sort();
  return {
    manifest: names.filter((name) => manifest.has(name)),
    launch: names.filter((name) => launch.has(name) && !manifest.has(name)),
    inherited: names.filter((name) => !launch.has(name) && !manifest.has(name)),
  };
}

function asTyped(command: RenderedCommand): string {
  return "shell" in command ? command.shell : command.args.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
