// What `--instance` may be: the name of a directory beside what the default run keeps in its own.

import { nameError, namePattern } from "../manifest/name.ts";
import { UsageError } from "./usage-error.ts";

/** What a run itself creates in its state directory. */
const taken: readonly string[] = ["logs", "ends", "notify"];

/** The name as it was given; throws a `UsageError` for one that is none, or that would share the default run's files. */
export function instanceName(given: unknown): string {
  if (typeof given !== "string") throw new UsageError("--instance is given twice. A run has one name.");
  if (!namePattern.test(given)) {
    throw new UsageError(`--instance "${given}" is no name of a run. It must be ${nameError}.`);
  }
  if (taken.includes(given)) {
    throw new UsageError(`--instance "${given}" is a name that launch needs for itself. Choose another.`);
  }
  return given;
}
