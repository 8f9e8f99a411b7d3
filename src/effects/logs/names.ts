// What the files of a service's output are called: the log, its archives counted from the newest, and the times of each.

import { readdirSync } from "node:fs";
import { join } from "node:path";

const end = /\.log$/;
const archived = /^(.+)\.(\d+)\.log$/;

/** The log of a service in a directory of logs. */
export function logPath(directory: string, service: string): string {
  return join(directory, `${service}.log`);
}

/** An archive of the log at `log`; 1 is the newest. */
export function archivePath(log: string, number: number): string {
  return log.replace(end, `.${number}.log`);
}

/** The file that says when the lines of a log, or of an archive, were seen. */
export function timesPath(log: string): string {
  return log.replace(end, ".times");
}

/** The logs in a directory: each service that has one, or archives of one, with the archives' numbers, the oldest first. */
export function listLogs(directory: string): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const name of namesIn(directory)) {
    const [, service = "", number = ""] = archived.exec(name) ?? [];
    // Names of services have no dot.
    if (service !== "" && !service.includes(".")) found.set(service, [...(found.get(service) ?? []), Number(number)]);
    else if (end.test(name) && !name.replace(end, "").includes(".")) {
      found.set(name.replace(end, ""), found.get(name.replace(end, "")) ?? []);
    }
  }
  return new Map([...found].map(([service, numbers]) => [service, numbers.toSorted((a, b) => b - a)]));
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch {
    return [];
  }
}
