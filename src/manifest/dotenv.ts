// Files of `NAME=value` lines.

import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import type { EnvFile } from "../core/service.ts";

/** An env file that is missing or cannot be read; the message says which and why, without a final stop. */
export class EnvFileError extends Error {
  override name = "EnvFileError";
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

const maxBytes = 4 * 1024 * 1024;

/** Reads the files, a later one winning over an earlier; a missing optional file is empty. Throws EnvFileError. */
export async function readEnvFiles(files: readonly EnvFile[]): Promise<Record<string, string>> {
  const all = await Promise.all(files.map(readEnvFile));
  return Object.assign({}, ...all);
}

async function readEnvFile({ path, required }: EnvFile): Promise<Record<string, string>> {
  try {
    // The usual `.env` is not there, and is looked for at every start: finding that out shall not cost an error.
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined && !required) return {};
    if ((stat?.size ?? 0) > maxBytes) throw new EnvFileError(path, `env file ${path} is larger than 4 MiB`);
    const text = await readFile(path, "utf8");
    if (text.includes("\0")) throw new EnvFileError(path, `env file ${path} has a NUL byte in it`);
    return { ...parseEnv(text.replace(/^\ufeff/, "")) } as Record<string, string>;
  } catch (cause) {
    if (cause instanceof EnvFileError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" && !required) return {};
    throw new EnvFileError(
      path,
      `env file ${path} ${reasons[code ?? ""] ?? `cannot be read (${code ?? "unknown error"})`}`,
      { cause },
    );
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EACCES: "may not be read",
  EISDIR: "is a directory",
};
