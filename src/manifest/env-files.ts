// What env files say while a manifest is loaded: their values, and all that is wrong with them, where it stands.

import type { EnvFile, Place } from "../core/service.ts";
import { EnvFileError, readEnvFile, wordsOnDangling } from "./dotenv.ts";
import type { Problem } from "./problem.ts";
import { resolveEnvFiles } from "./resolve/files.ts";
import { placeAt } from "./resolve/saying.ts";
import type { Saying } from "./resolve/saying.ts";
import { envFile } from "./schema/service.ts";
import type { Source } from "./source.ts";
import { child, toPlain } from "./tree.ts";

/** Where the texts of files, and what is to be said of them, are gathered. */
export interface Gathering {
  readonly sources: Map<string, Source>;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

type Values = Readonly<Record<string, string>>;

/** The values of one env file; `place` is where it is named. */
export async function readEnvFileInto(file: EnvFile, into: Gathering, place?: Place): Promise<Values> {
  const named = place === undefined ? {} : { place };
  try {
    const dangling = wordsOnDangling(file);
    if (dangling !== undefined) into.warnings.push({ ...named, message: dangling });
    const text = await readEnvFile(file);
    if (text === undefined) return {};
    into.sources.set(file.path, text.source);
    into.problems.push(...text.problems);
    into.warnings.push(...text.warnings);
    return text.values;
  } catch (error) {
    if (!(error instanceof EnvFileError)) throw error;
    const remedy = error.isMissing && { remedy: "Create it, or say `{ path: …, required: false }`." };
    into.problems.push({ ...named, message: error.message, ...remedy });
    return {};
  }
}

/** The env files that a map names, and what they say. */
export async function readEnvFilesOf(
  saying: Saying,
  into: Gathering,
): Promise<{ readonly files: readonly EnvFile[]; readonly values: Values }> {
  const input = child(saying.tree, "env_file");
  const parsed = input === undefined ? undefined : envFile.safeParse(toPlain(input));
  if (parsed?.success !== true) return { files: [], values: {} };
  const files = resolveEnvFiles(parsed.data, saying);
  const values: Record<string, string> = {};
  for (const [index, file] of files.entries()) {
    Object.assign(values, await readEnvFileInto(file, into, placeAt(saying, ["env_file", index])));
  }
  return { files, values };
}
