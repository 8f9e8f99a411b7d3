// Whose a process is: which service of which project has started it. Its environment says so at first, but servers that show
// a title of their own (redis, nginx, PostgreSQL, puma) write over it. What they have inherited besides stays: the tag, the
// process group, the session, the parents; and a run says itself which ports its services have.

import { type Binding, overlaps } from "../../plan/binding.ts";
import { ancestorsOf, readStat, readVariables } from "../processes/proc.ts";
import { isTagOf, parseTag, readTag, type TagParts } from "../processes/tag.ts";
import { readRunFile } from "../state/directory.ts";
import { listRuns, type Run } from "../state/registry.ts";
import type { RunRecord } from "../state/state.ts";
import { readState } from "../state/state-file.ts";

/** A service of a project's instance. */
export interface Belonging {
  readonly name: string;
  readonly service: string;
  readonly root: string;
  readonly instance: string;
}

/** Whose the process is that has this socket; undefined when it is no service of launch, as far as can be seen. */
export function belongingOf(pid: number, binding?: Binding): Belonging | undefined {
  const own = markedBelonging(pid);
  if (own !== undefined) return own;
  const runs = listRuns().map((run) => ({ run, record: recordOf(run) }));
  const tag = readTag(pid);
  const relatives = relativesOf(pid);
  // Nearest first: of a launch within a launch the inner one says more.
  for (const relative of relatives) {
    for (const { run, record } of runs) {
      const service = record && serviceLedBy(record, relative);
      if (service !== undefined) return belongingTo(run, service);
    }
    const marked = markedBelonging(relative.pid);
    if (marked !== undefined) return marked;
  }
  for (const { run, record } of runs) {
    const isTagged = record?.tag !== undefined && isTagOf(tag, { instance: record.tag });
    const isChild = relatives.some((relative) => relative.pid === run.pid);
    const service = (isTagged ? serviceTagged(record, tag) : undefined) ?? serviceOnPort(run, record, binding);
    if (service !== undefined) return belongingTo(run, service);
    // What we have started ourselves besides services, such as the command of `launch run`, is as good as a stranger to them.
    if (run.pid !== process.pid && (isTagged || isChild)) return belongingTo(run, "a process");
  }
  return undefined;
}

function belongingTo({ name, root, instance }: Run, service: string): Belonging {
  return { name, service, root, instance };
}

/** A process by its number alone, where it has ended and others still go by that number. */
interface Relative {
  readonly pid: number;
  readonly startTicks?: number;
}

/** The process itself, the leaders of its group and session, and those it descends from. */
function relativesOf(pid: number): readonly Relative[] {
  const stat = readStat(pid);
  if (stat === undefined) return [];
  const leaders = [stat.group, stat.session].filter((leader) => leader > 1);
  return [stat, ...leaders.map((leader) => readStat(leader) ?? { pid: leader }), ...ancestorsOf(pid)];
}

function markedBelonging(pid: number): Belonging | undefined {
  const marks = readVariables(pid, ["LAUNCH_PROJECT", "LAUNCH_SERVICE", "LAUNCH_ROOT", "LAUNCH_INSTANCE"]) ?? {};
  const { LAUNCH_PROJECT: name, LAUNCH_SERVICE: service, LAUNCH_ROOT: root, LAUNCH_INSTANCE: instance } = marks;
  if (name === undefined || service === undefined || root === undefined) return undefined;
  return { name, service, root, instance: instance ?? "default" };
}

/** What the run has written down of itself. */
function recordOf({ directory }: Run): RunRecord | undefined {
  return directory === undefined ? undefined : readState(directory).state.run;
}

// The number of a group whose leader has ended is given to nobody else while the group lives.
function serviceLedBy({ services }: RunRecord, { pid, startTicks }: Relative): string | undefined {
  return Object.entries(services).find(
    ([, { live }]) => live?.pid === pid && (startTicks === undefined || startTicks === live.startTicks),
  )?.[0];
}

/** The service that the tag names, whatever run of it. */
function serviceTagged({ services }: RunRecord, tag: TagParts | undefined): string | undefined {
  const numberOf = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : parseTag(text)?.service;
  return Object.entries(services).find(
    ([, service]) => tag !== undefined && numberOf(service.tag) === tag.service,
  )?.[0];
}

/** The living service that has the port, as another run tells it. Our own has come upon a stranger there, or would not ask. */
function serviceOnPort(
  { pid, directory }: Run,
  record: RunRecord | undefined,
  binding: Binding | undefined,
): string | undefined {
  if (directory === undefined || binding === undefined || pid === process.pid) return undefined;
  const { bindings = [] } = readRunFile(directory) ?? {};
  return bindings.find((held) => overlaps(held, binding) && record?.services[held.service]?.live !== undefined)
    ?.service;
}
