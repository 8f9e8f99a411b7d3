// Writes down how a run stands, for the next run and for whoever finds that this one was killed.

import type { Entry } from "../core/event.ts";
import { sinceBoot, readBoot, readPlace } from "../effects/state/boot.ts";
import type { WrittenFiles } from "../effects/state/generated-files.ts";
import { newKeeper } from "../effects/state/keeper.ts";
import type { Owner } from "../effects/state/owner.ts";
import type { ProcessRecord, RunRecord, State } from "../effects/state/state.ts";
import { type Found, openStateFile } from "../effects/state/state-file.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { VERSION } from "./version.ts";

/** What is written down besides what the supervisor knows. */
export interface RecordOptions {
  /** The real path of the state directory. */
  readonly directory: string;
  /** Whose it is. */
  readonly owner: Owner;
  readonly found: Found;
  readonly supervisor: Supervisor;
  readonly written: WrittenFiles;
  readonly engine: ProcessRecord;
  readonly tag?: number;
  /** How each `LAUNCH_RUN` of this engine begins and ends. */
  readonly marker: RunRecord["marker"];
  /** When the first engine of the run began, in clock ticks since boot. */
  readonly since: number;
  readonly colors: boolean;
  readonly startedAt: number;
  readonly onDeath: RunRecord["onDeath"];
  /** Known from the first record on: by it the run is known to go on. */
  readonly guard?: ProcessRecord;
  /** How many engines had the run before this one. */
  readonly engines: number;
  /** When its engine was started again so far, in milliseconds since boot. */
  readonly reclaims: readonly number[];
  /** The services whose generated files must be known at once. */
  readonly withFiles: ReadonlySet<string>;
  /** Hears in words what is wrong with the file. */
  readonly say: (words: string) => void;
  /** How the services stand. */
  readonly services: () => RunRecord["services"];
  /** The ports that the next run tries first. */
  readonly ports: () => Pick<State, "ports" | "wishes">;
}

/** A run's record. Disposing writes for the last time: that it has ended. */
export interface RunRecorder extends Disposable {
  /** What the guard is to do from now on when this process dies; written at once. */
  onDeath(what: RunRecord["onDeath"]): void;
  /** The process that guards from now on. */
  guard(guard: ProcessRecord): void;
}

/** Writes the first record at once, before anything is started, and then whenever something has changed. */
export function recordRun(options: RecordOptions): RunRecorder {
  const { directory, found, supervisor, written, withFiles } = options;
  const boot = readBoot();
  const place = readPlace(directory);
  let { onDeath, guard } = options;
  let isOver = false;

  const run = (): RunRecord | undefined => {
    if (isOver || boot === undefined || place === undefined) return undefined;
    const fleet = supervisor.snapshot();
    return {
      launch: VERSION,
      boot,
      place,
      engine: options.engine,
      ...(guard === undefined ? {} : { guard }),
      ...(options.tag === undefined ? {} : { tag: options.tag }),
      marker: options.marker,
      since: options.since,
      onDeath,
      ending: fleet.outcome !== undefined,
      colors: options.colors,
      startedAt: options.startedAt,
      engines: options.engines,
      reclaims: options.reclaims,
      services: options.services(),
    };
  };
  const state = (): State => {
    const going = run();
    return {
      owner: options.owner,
      ...options.ports(),
      files: written,
      ...(going === undefined ? {} : { run: going }),
    };
  };
  const keeper = newKeeper(openStateFile(directory, found), state, options.say);

  keeper.now();
  // Once more, so that the copy before knows of this run as well.
  keeper.soon();
  if (found.problem !== undefined) options.say(found.problem);
  const reading = supervisor.subscribe((entry) => {
    const { event } = entry;
    // The next run must not take its files for somebody else's.
    if (event.type === "started" && withFiles.has(event.service)) keeper.now();
    else if (changesRecord(entry)) keeper.soon();
  });

  return {
    onDeath(what) {
      onDeath = what;
      keeper.now();
    },
    guard(process) {
      guard = process;
      keeper.soon();
    },
    [Symbol.dispose]() {
      reading[Symbol.dispose]();
      keeper[Symbol.dispose]();
      isOver = true;
      keeper.now();
    },
  };
}

/** False for what comes again and again and is found out anew by whoever takes over. */
function changesRecord({ event, changes, outcome }: Entry): boolean {
  const isPassing = event.type === "unready" || event.type === "healthy" || event.type === "unhealthy";
  return outcome !== undefined || (changes.length > 0 && !isPassing);
}

/** The times of the last minute, in milliseconds since boot. */
export function recently(reclaims: readonly number[]): readonly number[] {
  const now = sinceBoot();
  return reclaims.filter((time) => time > now - 60_000);
}
