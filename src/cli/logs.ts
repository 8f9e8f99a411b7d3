// `launch logs [SVC…]`: what services have written, whether anything runs or not, in the order of time.

import { printError } from "./print.ts";
import { listLogs } from "../effects/logs/names.ts";
import type { Wanted } from "../effects/logs/filter.ts";
import { isOwn } from "../effects/state/owner.ts";
import { readState } from "../effects/state/state-file.ts";
import { newPattern } from "../effects/pattern.ts";
import { loadAsAsked } from "./project.ts";
import { nearest } from "../manifest/suggest.ts";
import { matcher } from "../plan/select.ts";
import { durationOf } from "./duration.ts";
import { foreignLogsWords } from "./foreign-run.ts";
import { followLogs } from "./logs/follow.ts";
import { openLines } from "./logs/merge.ts";
import { newLinePrinter } from "./logs/print.ts";
import { newSink } from "./logs/sink.ts";
import type { GlobalArgs, LogsArgs } from "./options.ts";
import { stateOf } from "./reach.ts";
import { wantsColor } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Without a filter nobody wants all that there ever was. */
const usual = 100;

/** 0, also when there is nothing to show. Ends like any program that is interrupted: Ctrl-C is left to the system. */
export async function run(args: GlobalArgs & LogsArgs): Promise<number> {
  const wanted = wantedBy(args);
  const since = sinceOf(args.since);
  const count = countOf(args, since !== undefined || wanted.pattern !== undefined || wanted.level !== "all");
  const paths = await stateOf(args);
  if (paths === undefined) return 2;
  const { owner } = readState(paths.directory).state;
  if (owner !== undefined && !isOwn(owner, paths)) throw new UsageError(foreignLogsWords(owner, paths));
  const patterns = args.service ?? [];
  const isNamed = patterns.length === 0 ? () => true : matcher(patterns);
  const known = await knownServices(args, paths.logs, patterns);
  const unknown = patterns.find((pattern) => !known.some(matcher([pattern])));
  if (unknown !== undefined) throw new UsageError(wordsOnUnknown(unknown, known));
  const services = [...listLogs(paths.logs).keys()].filter(isNamed);
  const sink = newSink(process.stdout.fd);
  const colors = wantsColor(args);
  const print = newLinePrinter({
    services: known,
    shown: args.follow ? known.filter(isNamed) : services,
    colors,
    json: args.json,
    timestamps: args.timestamps,
  });
  using lines = openLines({ directory: paths.logs, services, wanted, since, count });
  const last = args.follow ? "standing" : "at-once";
  let isEmpty = true;
  for (let batch = lines.next(last); batch !== undefined && !sink.isGone(); batch = lines.next(last)) {
    isEmpty = false;
    await sink.write(print(batch));
  }
  if (args.follow) await followLogs({ directory: paths.logs, isNamed, lines, print, sink });
  await sink.flush();
  // A program that reads knows by itself; a person wonders.
  if (isEmpty && !args.follow && !args.json && process.stdout.isTTY) {
    printError(services.length === 0 ? "Nothing has been written yet.\n" : "No line that was written fits.\n");
  }
  return 0;
}

function wantedBy({ grep, level }: LogsArgs): Wanted {
  const least = level === "debug" || level === undefined ? "all" : level;
  if (grep === undefined) return { level: least };
  try {
    return { level: least, pattern: newPattern(grep, "u") };
  } catch {
    try {
      return { level: least, pattern: newPattern(grep) };
    } catch (error) {
      throw new UsageError(`--grep wants a regular expression: ${error instanceof Error ? error.message : ""}.`);
    }
  }
}

function sinceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d/.test(text) ? Date.parse(text) : Date.now() - durationOf("--since", text);
  if (Number.isNaN(time)) {
    throw new UsageError(`--since wants a duration or a time such as 2026-01-31T08:00, not "${text}".`);
  }
  return time;
}

function countOf({ lines, follow }: LogsArgs, isNarrowed: boolean): number {
  if (lines === "all") return Number.POSITIVE_INFINITY;
  if (lines === undefined) return isNarrowed && !follow ? Number.POSITIVE_INFINITY : usual;
  if (!/^\d{1,15}$/.test(lines)) throw new UsageError(`--lines wants a number or all, not "${lines}".`);
  return Number(lines);
}

/** The manifest's services in its order and those that have logs; a manifest that is wrong is no reason to show no logs. */
async function knownServices(
  args: GlobalArgs & LogsArgs,
  logs: string,
  patterns: readonly string[],
): Promise<readonly string[]> {
  const found = [...listLogs(logs).keys()];
  const isFound = patterns.every((pattern) => found.some(matcher([pattern])));
  if (isFound && found.length > 0 && !wantsColor(args) && !args.follow) return found;
  const loaded = await loadAsAsked(args);
  const named = loaded.ok ? loaded.project.services.map(({ name }) => name) : [];
  return [...new Set([...named, ...found])];
}

function wordsOnUnknown(pattern: string, known: readonly string[]): string {
  const meant = nearest(pattern, known);
  const remedy =
    meant === undefined
      ? known.length === 0
        ? "There are no logs yet."
        : `There are ${known.join(", ")}.`
      : `Did you mean "${meant}"?`;
  return `No service is called "${pattern}". ${remedy}`;
}
