// What is wrong with the options of a start is said before anything is started.

import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { durationOf } from "./duration.ts";
import type { StartArgs } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** Until when everything must be up where nobody watches and nothing else is said. */
export const defaultTimeout = "5m";

/** Why a start without any service is refused. */
export const nothingToStart = "No service is enabled in these profiles, so there is nothing to start.";

/** Throws a `UsageError` for a time-out that is no duration and a report that could not be written. */
export function checkStartOptions({ timeout, report }: StartArgs): void {
  if (timeout !== undefined) durationOf("--timeout", timeout);
  if (report !== undefined && !isWritable(report)) {
    throw new UsageError(`--report: ${report} cannot be written. Its directory must exist and be writable.`);
  }
}

function isWritable(path: string): boolean {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) return false;
    accessSync(stat === undefined ? dirname(resolve(path)) : path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
