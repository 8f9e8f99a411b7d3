// Env files from the disk: when a manifest is loaded with all that is wrong with them, and at each start.

import type { EnvFile } from "../core/service.ts";
import { parseEnvText } from "./env-text.ts";
import type { EnvText } from "./env-text.ts";
import { danglingTarget, isThere, readTextFile, UnreadableError } from "./text-file.ts";

/** An env file that is missing, cannot be read or says what is none; the message says which and why, without a final stop. */
export class EnvFileError extends Error {
  override name = "EnvFileError";
  /** True: there is no such file. */
  readonly isMissing: boolean;

  constructor(message: string, options?: ErrorOptions & { readonly isMissing?: boolean }) {
    super(message, options);
    this.isMissing = options?.isMissing ?? false;
  }
}

const bounds = { mebibytes: 4, silence: 10 };

/** Reads the files, a later one winning over an earlier; a missing optional file is empty. Throws EnvFileError. */
export async function readEnvFiles(files: readonly EnvFile[]): Promise<Record<string, string>> {
  const read = await Promise.all(files.map(readEnvFile));
  for (const text of read) {
    if (text === undefined || text.problems.length === 0) continue;
    const faults = text.problems.map(({ place, message }) => `${place?.line ?? 0}:${place?.column ?? 0} ${message}`);
    throw new EnvFileError(`env file ${text.source.file}:${faults.join("; ")}`);
  }
  return Object.assign({}, ...read.map((text) => text?.values));
}

/** One env file; undefined when it is missing and may be. Throws EnvFileError for one that cannot be read. */
export async function readEnvFile({ path, required }: EnvFile): Promise<EnvText | undefined> {
  // The usual `.env` is not there, and is looked for at every start: finding that out shall not cost an error.
  if (!required && !isThere(path)) return undefined;
  try {
    return parseEnvText(await readTextFile(path, bounds), path);
  } catch (cause) {
    if (!(cause instanceof UnreadableError)) throw cause;
    if (cause.isMissing && !required) return undefined;
    throw new EnvFileError(`env file ${path} ${cause.message}`, { cause, isMissing: cause.isMissing });
  }
}

/** Why a file that may be missing is, where somebody has meant it to be there; undefined for all others. */
export function wordsOnDangling({ path, required }: EnvFile): string | undefined {
  const target = required ? undefined : danglingTarget(path);
  return target === undefined
    ? undefined
    : `env file ${path} is a link to ${target}, which does not exist, and is not read`;
}
