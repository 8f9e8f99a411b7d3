// The run's report: what every service did and why, as JSON, or as JUnit for a CI that reads that.

import { eachActing, jsonText, plainText } from "../core/sanitize.ts";
import { constants, statSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { describe, describeEnd } from "../core/failure.ts";
import { crashStory } from "../core/crash.ts";
import type { Entry } from "../core/event.ts";
import { exitCodeOf, type Fleet, isSettled, type Member, type Outcome } from "../core/state.ts";
import { tellingWords, type Word, wordOf } from "../core/word.ts";
import { leadsOut } from "../effects/files/leads-out.ts";
import type { Output } from "../supervisor/output.ts";
import { whySkipped } from "./skipped.ts";
import { VERSION } from "./version.ts";

/** One run of a service; times are milliseconds since the epoch. */
interface RunReport {
  readonly run: number;
  readonly startedAt: number;
  readyAt?: number;
  endedAt?: number;
  end?: string;
}

/** Gathers from the journal; `finish` gives the report. */
export interface Reporter {
  onEntry(entry: Entry): void;
  /** `exitCode`: what launch ends with; not given: what the outcome means. */
  finish(outcome: Outcome, fleet: Fleet, output: Output, exitCode?: number): Report;
}

/** The whole report, as it is written to a `.json` file. */
export interface Report {
  readonly version: string;
  readonly project: string;
  readonly startedAt: number;
  readonly upAt?: number;
  readonly endedAt: number;
  readonly outcome: Outcome;
  readonly exitCode: number;
  readonly services: readonly ServiceReport[];
}

interface ServiceReport {
  readonly name: string;
  /** As every face says it. */
  readonly state: Word;
  readonly ok: boolean;
  /** Set where something else kept it from being up: it has not failed itself. */
  readonly skipped?: true;
  readonly reason?: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly restarts: number;
  /** Set while it was crashing: how often it had since it was last ready for a while. */
  readonly crashes?: number;
  /** What the latest run that ended said last. */
  readonly lastWords?: string;
  /** Milliseconds from the first start to the first readiness or completion. */
  readonly timeToReady?: number;
  readonly runs: readonly RunReport[];
  readonly lines: number;
  readonly bytes: number;
  readonly lastLines: readonly string[];
  readonly log: string;
}

/** Runs of a service that the report tells of: the first and the latest. An engine that restarts things for weeks does not grow. */
const mostRuns = 100;

/** Lines of output that the report repeats for each service. */
const lastLines = 20;

/** A reporter for one run. */
export function newReporter(project: string): Reporter {
  const startedAt = Date.now();
  const from = performance.now();
  // A wall clock that is set meanwhile changes no duration.
  const wallClock = (): number => Math.round(startedAt + performance.now() - from);
  const runs = new Map<string, RunReport[]>();
  // How each service stood before the end of the run began to stop it.
  const judged = new Map<string, Member>();
  let upAt: number | undefined;

  return {
    onEntry({ changes, outcome }) {
      const time = wallClock();
      for (const { before, after } of changes) {
        const { name } = after.service;
        const own = runs.get(name) ?? [];
        runs.set(name, own);
        const last = own.at(-1);
        if (last !== undefined && after.lastEnd !== before.lastEnd && after.lastEnd !== undefined) {
          last.endedAt = time;
          last.end = describeEnd(after.lastEnd);
        }
        // One entry may hold the end of a run and the start of the next.
        if (after.run !== before.run) own.push({ run: after.run, startedAt: time });
        // The first stays, for the time to readiness is its.
        if (own.length > mostRuns) own.splice(1, 1);
        const isUp = after.state.status === "ready" || after.state.status === "exited";
        const now = own.at(-1);
        if (isUp && now !== undefined && before.state.status !== after.state.status) now.readyAt ??= time;
        if (outcome !== undefined && !judged.has(name)) {
          judged.set(name, before.wanted && !after.wanted && !isSettled(after.state) ? before : after);
        }
      }
    },
    finish(outcome, fleet, output, exitCode = exitCodeOf(outcome)) {
      const judgedOf = (member: Member): Member => {
        const known = judged.get(member.service.name);
        return known !== undefined && member.state.status !== "failed" ? known : member;
      };
      const isUp = (name: string): boolean => {
        const member = fleet.members[name];
        return member !== undefined && isOk(judgedOf(member));
      };
      const services = Object.values(fleet.members)
        .map(judgedOf)
        .map((member) => {
          const own = runs.get(member.service.name) ?? [];
          return reportOf(member, whySkipped(member, outcome, isUp), own, output);
        });
      upAt = fleet.wasUp ? Math.max(startedAt, ...services.map((service) => service.runs[0]?.readyAt ?? 0)) : undefined;
      return {
        version: VERSION,
        project,
        startedAt,
        ...(upAt === undefined ? {} : { upAt }),
        endedAt: wallClock(),
        outcome,
        exitCode,
        services,
      };
    },
  };
}

function isOk({ state }: Member): boolean {
  return state.status === "ready" || state.status === "exited";
}

function reportOf(
  member: Member,
  skipped: string | undefined,
  runs: readonly RunReport[],
  output: Output,
): ServiceReport {
  const { service, restarts, ports } = member;
  const { name } = service;
  const [first] = runs;
  const ready = runs.find((run) => run.readyAt !== undefined)?.readyAt;
  const reason = skipped ?? reasonOf(member);
  const words = tellingWords(member);
  return {
    name,
    state: wordOf(member),
    ok: isOk(member),
    ...(skipped !== undefined && { skipped: true }),
    ...(reason === undefined ? {} : { reason }),
    ports,
    restarts,
    ...(member.crashes === undefined ? {} : { crashes: member.crashes.count }),
    ...(words === undefined ? {} : { lastWords: words }),
    ...(first === undefined || ready === undefined ? {} : { timeToReady: ready - first.startedAt }),
    runs,
    ...output.totals(name),
    lastLines: output.last(name, lastLines).map(plainText),
    log: output.path(name),
  };
}

function reasonOf(member: Member): string | undefined {
  const { state, probeReason, crashes } = member;
  if (crashes !== undefined && state.status !== "failed") return crashStory(member);
  if (state.status === "failed" || state.status === "backoff") return describe(state.failure);
  return state.status === "started" ? probeReason : undefined;
}

/**
 * Writes the report: JUnit when the name ends in `.xml`, else JSON. Rejects where a link in the project, whose directory is
 * `root`, would have it written outside, and where nobody reads from the named pipe that it is to go to.
 */
export async function writeReport(path: string, report: Report, root: string): Promise<void> {
  const outside = leadsOut(path, root);
  if (outside !== undefined) throw new Error(`${path} leads out of the project, to ${outside}`);
  await refuseUnread(path);
  await writeFile(path, path.endsWith(".xml") ? junit(report) : `${jsonText(report, 2)}\n`);
}

/** A pipe without a reader would make us wait for one. */
async function refuseUnread(path: string): Promise<void> {
  const isPipe = statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
  if (!isPipe) return;
  const opened = await open(path, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (opened === undefined) throw new Error(`nobody reads from ${path}, which is a named pipe`);
  await opened.close();
}

/** The report as JUnit: one test case a service. */
export function junit({ project, startedAt, endedAt, services, exitCode }: Report): string {
  const skipped = services.filter((service) => service.skipped === true);
  const bad = services.filter((service) => !service.ok && service.skipped !== true);
  const cases = services.map((service) => {
    const time = ((service.timeToReady ?? 0) / 1000).toFixed(3);
    const attributes = `name="${xml(service.name)}" classname="${xml(project)}" time="${time}"`;
    const output = `<system-out>${xml(service.lastLines.join("\n"))}</system-out>`;
    if (service.ok) return `    <testcase ${attributes}>${output}</testcase>`;
    const message = service.reason ?? `was ${service.state}`;
    if (service.skipped === true) {
      return `    <testcase ${attributes}><skipped message="${xml(message)}"/>${output}</testcase>`;
    }
    return `    <testcase ${attributes}><failure message="${xml(message)}">${xml(message)}</failure>${output}</testcase>`;
  });
  const counts = `tests="${services.length}" failures="${bad.length}" skipped="${skipped.length}" time="${((endedAt - startedAt) / 1000).toFixed(3)}"`;
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites ${counts}>`,
    `  <testsuite name="${xml(project)}" ${counts} timestamp="${new Date(startedAt).toISOString()}">`,
    `    <properties><property name="exitCode" value="${exitCode}"/></properties>`,
    ...cases,
    `  </testsuite>`,
    `</testsuites>`,
    "",
  ].join("\n");
}

/** Text for XML: what XML 1.0 cannot hold becomes U+FFFD. */
function xml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(eachActing, (found) => `&#x${found.charCodeAt(0).toString(16)};`);
}
