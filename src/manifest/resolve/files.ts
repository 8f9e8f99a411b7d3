// `files:` and `env_file:` -> absolute paths.

import { isAbsolute, relative, resolve, sep } from "node:path";
import type { EnvFile, GeneratedFile } from "../../core/service.ts";
import { escapeTemplate } from "../interpolate.ts";
import type { ServiceInput } from "../schema.ts";
import { absolute, keyPlaceAt } from "./saying.ts";
import type { Saying } from "./saying.ts";
import { dirname } from "node:path";

/** The files that a service has written, their paths as templates; each lies inside the manifest's directory. */
export function resolveFiles(input: ServiceInput["files"], saying: Saying): readonly GeneratedFile[] {
  return Object.entries(input ?? {}).map(([key, file]) => {
    const place = keyPlaceAt(saying, ["files", key]);
    // Launch's own names may still stand in the key; each is one piece of a name and leads nowhere.
    const path = resolve(escapeTemplate(dirname(place.file)), key);
    const inside = relative(escapeTemplate(saying.root), path);
    if (
      isAbsolute(key) ||
      key.split(/[\\/]/).includes("..") ||
      inside === "" ||
      inside.startsWith(`..${sep}`) ||
      inside === ".."
    ) {
      const remedy = "Files are written below the manifest's directory; write a path relative to it, without ..";
      saying.problems.push({
        place,
        message: `"${key.replaceAll("$$", "$")}" does not lie inside ${saying.root}`,
        remedy,
      });
    }
    return typeof file === "string"
      ? { path, content: file, keep: false }
      : { path, content: file.content, keep: file.keep ?? false };
  });
}

/** Env files in the order of reading, each relative to the manifest that says it. */
export function resolveEnvFiles(input: ServiceInput["env_file"], saying: Saying): readonly EnvFile[] {
  if (input === undefined) return [];
  const isList = Array.isArray(input);
  return [input].flat().map((entry, index) => {
    const at = isList ? ["env_file", index] : ["env_file"];
    const file = typeof entry === "string" ? { path: entry } : entry;
    return { path: absolute(saying, at, file.path), required: file.required ?? true };
  });
}
