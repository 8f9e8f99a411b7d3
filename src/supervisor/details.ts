// What is told of a run's preparation to whoever asks: everything but the values, which may be secrets.

import type { Details } from "../core/session.ts";
import type { RenderedCommand } from "../effects/processes/spec.ts";
import type { Preparation } from "./prepare.ts";

/** The preparation as a person may see it. */
export function detailsOf({ service, command, env, files, clashes }: Preparation): Details {
  return {
    command: command === undefined ? "" : asTyped(command),
    workingDir: service.workingDir,
    environment: Object.keys(env).sort(),
    files: files.map(({ path }) => path),
    clashes,
  };
}

function asTyped(command: RenderedCommand): string {
  return "shell" in command ? command.shell : command.args.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
