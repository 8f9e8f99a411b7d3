// What is kept beside a manifest from run to run, and while a run is going all that whoever comes after it needs to end it
// or to take it over: processes by pid and start time, never a value of an environment.

import type { Failure } from "../../core/failure.ts";
import type { Millis, NodeSignal, Port } from "../../core/service.ts";
import type { WrittenFiles } from "./generated-files.ts";
import type { Owner } from "./owner.ts";

/** Service to endpoint to the port it had. */
export type KeptPorts = Readonly<Record<string, Readonly<Record<string, Port>>>>;

/** Service to endpoint to its wish, as `plan/ports.ts` writes it. */
export type KeptWishes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** All that `state.json` holds. */
export interface State {
  /** The project and instance that wrote it; not given by versions that did not say. */
  readonly owner?: Owner;
  readonly ports: KeptPorts;
  /** What the manifest wished for when these ports were given, by service and endpoint; versions that did not say are believed. */
  readonly wishes?: KeptWishes;
  readonly files: WrittenFiles;
  /** The run that is going, or that ended without saying so. */
  readonly run?: RunRecord;
}

/** A process that can be told from any other of the same boot. */
export interface ProcessRecord {
  readonly pid: number;
  /** Not given where the system does not tell. */
  readonly startTicks?: number;
}

/** One run of the project. */
export interface RunRecord {
  /** The version of launch that wrote it. */
  readonly launch: string;
  /** Which boot of which machine; nothing of another one is signalled. */
  readonly boot: string;
  /** Which directory it was written for: a copied state speaks of somebody else's processes. */
  readonly place: string;
  readonly engine: ProcessRecord;
  readonly guard?: ProcessRecord;
  /** The instance's part of the tag that all its processes inherit. */
  readonly tag?: number;
  /** How each `LAUNCH_RUN` of the engine begins and ends. */
  readonly marker: { readonly start: string; readonly end: string };
  /** In clock ticks since boot, when the first engine of the run began: nothing older is part of it. */
  readonly since: number;
  /** What the guard does when the engine dies. */
  readonly onDeath: "end" | "reclaim";
  /** True once the run is on its way to its end. */
  readonly ending: boolean;
  readonly colors: boolean;
  /** Wall clock at the start of the run, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** How many engines had the run before this one. */
  readonly engines: number;
  /** When the engine was started again within the last minute, in milliseconds since boot, oldest first. */
  readonly reclaims: readonly number[];
  readonly services: Readonly<Record<string, ServiceRecord>>;
}

/** One service of a run. */
export interface ServiceRecord {
  readonly wanted: boolean;
  /** Nobody has asked for it itself. */
  readonly needed?: true;
  /** To be stopped and started again. */
  readonly bounce: boolean;
  /** The number of its latest run. */
  readonly run: number;
  /** What all that its latest run started has inherited. */
  readonly tag?: string;
  readonly restarts: number;
  /** Times of the restarts that still count towards a crash loop, in milliseconds since boot. */
  readonly recentRestarts: readonly number[];
  readonly ports: Readonly<Record<string, Port>>;
  /** What it had come to when nothing of it lives. */
  readonly over?: Over;
  readonly live?: LiveRecord;
}

/** How a service stands that does not run. */
export type Over =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** Started again at `until`, in milliseconds since boot. */
  | { readonly kind: "backoff"; readonly until: number; readonly failure: Failure }
  /** Someone else's process serves in its place. */
  | { readonly kind: "adopted" };

/** A run of a service that lives. */
export interface LiveRecord extends ProcessRecord {
  readonly run: number;
  /** Its `LAUNCH_RUN`. */
  readonly marker: string;
  /** What all that it starts inherits. */
  readonly tag?: string;
  /** It had proved ready. */
  readonly ready: boolean;
  /** It has a terminal of launch's, which dies with the engine. */
  readonly tty: boolean;
  /** What it is asked to end by, and how many milliseconds it then has. */
  readonly signal: NodeSignal;
  readonly graceMs: Millis;
  /** The byte of its log at which it began. */
  readonly logFrom: number;
  /** The byte of its log at which the session began. */
  readonly sessionFrom: number;
  /** The file that its exit code is kept in. */
  readonly status?: string;
  readonly cgroup?: string;
}

/** Nothing is known. */
export const nothingKept: State = { ports: {}, files: {} };

/** The state that a document holds: what makes no sense in it is left out, a run as a whole. */
export function readStateValue(value: unknown): State {
  if (!isRecord(value)) return nothingKept;
  const files = filtered(value["files"], isString) as WrittenFiles;
  const run = isRun(value["run"]) ? value["run"] : undefined;
  const owner = isOwner(value["owner"]) ? value["owner"] : undefined;
  return {
    ...(owner === undefined ? {} : { owner }),
    ports: portsIn(value["ports"]),
    ...(isRecord(value["wishes"]) ? { wishes: wishesIn(value["wishes"]) } : {}),
    files,
    ...(run === undefined ? {} : { run }),
  };
}

function portsIn(value: unknown): KeptPorts {
  if (!isRecord(value)) return {};
  const services = Object.entries(value).map(([service, own]) => [service, filtered(own, isPort)]);
  return Object.fromEntries(services) as KeptPorts;
}

function wishesIn(value: Readonly<Record<string, unknown>>): KeptWishes {
  return Object.fromEntries(
    Object.entries(value).map(([service, own]) => [service, filtered(own, isString)]),
  ) as KeptWishes;
}

function isOwner(value: unknown): value is Owner {
  return isRecord(value) && [value["name"], value["root"], value["instance"]].every(isString);
}

function isRun(value: unknown): value is RunRecord {
  if (!isRecord(value) || !isRecord(value["services"])) return false;
  const {
    launch,
    boot,
    place,
    engine,
    guard,
    tag,
    marker,
    since,
    onDeath,
    ending,
    colors,
    startedAt,
    engines,
    reclaims,
    services,
  } = value;
  return (
    [launch, boot, place].every(isString) &&
    isProcess(engine) &&
    (guard === undefined || isProcess(guard)) &&
    (tag === undefined || isCount(tag)) &&
    isRecord(marker) &&
    [marker["start"], marker["end"]].every(isString) &&
    [since, startedAt, engines].every(isCount) &&
    (onDeath === "end" || onDeath === "reclaim") &&
    [ending, colors].every(isBoolean) &&
    isTimes(reclaims) &&
    Object.values(services as object).every(isService)
  );
}

function isService(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { wanted, needed, bounce, run, tag, restarts, recentRestarts, ports, over, live } = value;
  return (
    [wanted, bounce].every(isBoolean) &&
    (needed === undefined || needed === true) &&
    [run, restarts].every(isCount) &&
    (tag === undefined || isString(tag)) &&
    isTimes(recentRestarts) &&
    isRecord(ports) &&
    Object.values(ports).every(isPort) &&
    (over === undefined || isOver(over)) &&
    (live === undefined || isLive(live))
  );
}

function isOver(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { kind, code, until, failure } = value;
  const isFailure = isRecord(failure) && isString(failure["kind"]);
  return (
    kind === "adopted" ||
    (kind === "exited" && isCount(code)) ||
    (kind === "failed" && isFailure) ||
    (kind === "backoff" && isFailure && typeof until === "number")
  );
}

function isLive(value: unknown): boolean {
  if (!isProcess(value) || !isRecord(value)) return false;
  const { run, marker, tag, signal, graceMs, ready, tty, logFrom, sessionFrom, status, cgroup } = value;
  return (
    [run, graceMs, logFrom, sessionFrom].every(isCount) &&
    isString(signal) &&
    [ready, tty].every(isBoolean) &&
    isString(marker) &&
    [tag, status, cgroup].every((text) => text === undefined || isString(text))
  );
}

function isProcess(value: unknown): value is ProcessRecord {
  if (!isRecord(value)) return false;
  const { pid, startTicks } = value;
  return isCount(pid) && pid > 1 && (startTicks === undefined || isCount(startTicks));
}

function filtered(value: unknown, fits: (value: unknown) => boolean): Record<string, unknown> {
  return isRecord(value) ? Object.fromEntries(Object.entries(value).filter(([, one]) => fits(one))) : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isTimes(value: unknown): boolean {
  return Array.isArray(value) && value.every((time) => typeof time === "number");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isPort(value: unknown): boolean {
  return isCount(value) && value >= 1 && value <= 65_535;
}
