// Files of `NAME=value` lines.

import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import type { EnvFile } from "../core/service.ts";

/** An env file that is missing, cannot be read or says what is none; the message says which and why, without a final stop. */
export class EnvFileError extends Error {
  override name = "EnvFileError";
  readonly path: string;
  /** True: there is no such file. */
  readonly isMissing: boolean;

  constructor(path: string, message: string, options?: ErrorOptions & { readonly isMissing?: boolean }) {
    super(message, options);
    this.path = path;
    this.isMissing = options?.isMissing ?? false;
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
    // The decoder leaves a byte order mark out.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
    if (text.includes("\0")) throw new EnvFileError(path, `env file ${path} has a NUL byte in it`);
    const fault = findFault(text);
    if (fault !== undefined) throw new EnvFileError(path, `env file ${path}, line ${fault.line}: ${fault.message}`);
    return { ...parseEnv(text) } as Record<string, string>;
  } catch (cause) {
    if (cause instanceof EnvFileError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" && !required) return {};
    throw new EnvFileError(
      path,
      `env file ${path} ${reasons[code ?? ""] ?? `cannot be read (${code ?? "unknown error"})`}`,
      { cause, isMissing: code === "ENOENT" },
    );
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EACCES: "may not be read",
  EISDIR: "is a directory",
  ERR_ENCODING_INVALID_ENCODED_DATA: "is not UTF-8 text",
};

interface Fault {
  readonly line: number;
  readonly message: string;
}

// Node's parser passes over what it does not understand, up to the next line that it does; here nothing is passed over.
function findFault(text: string): Fault | undefined {
  const nothing = /[ \t\r]*(?:#[^\n]*)?(?:\n|$)/y;
  const name = /[ \t]*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_.-]*[ \t]*=[ \t]*/y;
  const value = /(?:(["'`])[^]*?\1|(?!["'`])[^\n]*)/y;
  let at = 0;
  const takes = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  while (at < text.length) {
    if (takes(nothing)) continue;
    const start = at;
    const fault = (message: string): Fault => ({ line: text.slice(0, start).split("\n").length, message });
    if (!takes(name)) return fault("it is no NAME=value, and no comment");
    if (!takes(value)) return fault("its quote is never closed");
    if (takes(nothing)) continue;
    return fault("something follows the closing quote; inside, another kind of quote may be used");
  }
  return undefined;
}
