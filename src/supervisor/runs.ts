// The live runs: one process group each, from the spawn to the moment when nothing of it lives. Carries out what the rules
// ask about a run. How one begins is in `starting.ts`, how it is asked to end in `ending.ts`, what follows its end in `after-end.ts`,
// how those of an engine that died are taken over in `reclaim.ts`.

import type { NodeSignal, Service } from "../core/service.ts";
import type { Details } from "../core/session.ts";
import type { Ending } from "../core/state.ts";
import type { WrittenFiles } from "../effects/state/generated-files.ts";
import type { WrittenByOthers } from "../effects/state/other-instances.ts";
import { removeStatus } from "../effects/state/exit-status.ts";
import { nextTurn } from "../effects/clock.ts";
import type { Terminal } from "../effects/processes/pty.ts";
import { haltGroup, type HaltedGroup } from "../effects/processes/halt.ts";
import type { Target } from "../effects/processes/signal.ts";
import { endRun, giveToCustody } from "./after-end.ts";
import { detailsOf } from "./details.ts";
import { abortMain, askToEnd, killNow, leaderOf, signalGroup } from "./ending.ts";
import { keptOf, type Live } from "./live.ts";
import { newLane } from "./lane.ts";
import { type Preparation, prepare } from "./prepare.ts";
import { newProof } from "./proof.ts";
import { newRunFiles } from "./run-files.ts";
import { type StartingOptions, startRun } from "./starting.ts";

/** How many of a run's last lines are told to whoever asks about it. */
const linesTold = 10;

/** What runs need from around them. */
export interface RunsOptions extends Omit<StartingOptions, "files" | "lane" | "onPrepared" | "onLive" | "onEnd"> {
  readonly written: WrittenFiles;
  /** What other instances of the project have written; not given: nothing. */
  readonly writtenByOthers?: WrittenByOthers | undefined;
}

/** Carries out effects on runs; none of them throws or waits: what happens is reported. */
export interface Runs {
  start(service: Service, run: number, watchedOnly: boolean): void;
  watch(service: string, run: number): void;
  monitor(service: string, run: number): void;
  /** `abort`: by SIGABRT to its main process. */
  stop(service: string, run: number, abort: boolean): void;
  kill(service: string, run: number): void;
  /** The run's watchers end and its files go, unless the next run is near; called when the rules see it as over. */
  forget(service: string, keepFiles: boolean): void;
  /** Rewrites the files of running services after a port has moved. */
  rewriteFiles(): Promise<void>;
  /** What the service's latest run was started with. */
  details(service: string): Details | undefined;
  /** Sends a signal to the run's group; false when nothing of it lives. */
  signal(service: string, signal: NodeSignal): boolean;
  /** Stops the run's group for a moment; undefined when nothing of it lives or it does not stand still. */
  halt(service: string): Promise<HaltedGroup | undefined>;
  /** The service's own terminal while a run of it with `tty: true` is live. */
  terminal(service: string): Terminal | undefined;
  /** The runs that are live now, by service. */
  readonly lives: ReadonlyMap<string, Live>;
  /** Has a run that was begun by an engine before this one. */
  reclaim(service: string, live: Live): void;
  /** Such a run has ended. */
  ended(service: Service, run: number, end: Ending): void;
  /** Such a run had ended before, and nothing of it is left. */
  endRest(service: string, run: number): void;
  /** SIGKILL to every live group. */
  abandon(): void;
  /** Resolves once what was begun about files is done. */
  settled(): Promise<unknown>;
}

/** How many runs are made ready at a time. */
const madeReadyAtOnce = 8;

/** No run is live yet. */
export function newRuns(options: RunsOptions): Runs {
  const { context, ports, output, written, custody, assigned, report } = options;
  const lives = new Map<string, Live>();
  const prepared = new Map<string, Preparation>();
  const files = newRunFiles({
    written,
    root: context.root,
    others: options.writtenByOthers,
    say: (notice) => report({ type: "noticed", notice }),
  });
  const proof = newProof({ ports, assigned, report });

  const live = (name: string, run: number): Live | undefined => {
    const found = lives.get(name);
    return found?.run === run ? found : undefined;
  };

  const ended = (service: Service, run: number, end: Ending): void =>
    void endRun(service, run, end, live(service.name, run), options);

  const forget = (name: string, keepFiles: boolean): void => {
    const found = lives.get(name);
    if (found === undefined) return;
    found.over.abort();
    found.terminal?.[Symbol.dispose]();
    found.told?.[Symbol.dispose]();
    if (found.status !== undefined) removeStatus(found.status);
    lives.delete(name);
    if (!keepFiles) files.remove(found.preparation);
  };

  const starting: StartingOptions = {
    ...options,
    files,
    lane: newLane(madeReadyAtOnce),
    onPrepared: (preparation) => prepared.set(preparation.service.name, preparation),
    onLive: (begun) => lives.set(begun.preparation.service.name, begun),
    onEnd: ended,
  };

  return {
    start: (service, run, watchedOnly) => void startRun(service, run, watchedOnly, starting),
    watch(name, run) {
      const found = live(name, run);
      if (found !== undefined) proof.readiness(found);
    },
    monitor(name, run) {
      const found = live(name, run);
      if (found === undefined) return;
      found.ready = true;
      const { service } = found.preparation;
      if (service.health !== undefined || found.pid === undefined) proof.health(found);
      if (found.pid !== undefined) found.told?.guard(leaderOf(found, found.pid));
    },
    stop(name, run, abort) {
      const found = live(name, run);
      if (found === undefined) return;
      if (abort) abortMain(found);
      else askToEnd(found, { output: () => output.current(name), forks: options.forks, report });
      // After all that are stopped together have been told.
      nextTurn(() => found.over.abort());
    },
    kill(name, run) {
      const found = live(name, run);
      if (found === undefined) return;
      killNow(found);
      options.forks?.wake();
    },
    forget,
    async rewriteFiles() {
      for (const found of lives.values()) {
        if (found.preparation.files.length === 0) continue;
        const { service } = found.preparation;
        const fresh = await prepare(service, assigned(), context, found.marker);
        await files.rewrite(fresh);
        found.preparation = { ...found.preparation, files: fresh.files };
      }
    },
    details(name) {
      const preparation = prepared.get(name);
      return preparation === undefined ? undefined : detailsOf(preparation, output.lastOfRun(name, linesTold));
    },
    signal(name, signal) {
      const found = lives.get(name);
      if (found === undefined) return false;
      found.sent = signal;
      return signalGroup(found, signal);
    },
    async halt(name) {
      const target = groupOf(lives.get(name));
      return target === undefined ? undefined : haltGroup(target);
    },
    terminal: (name) => lives.get(name)?.terminal,
    lives,
    reclaim(name, taken) {
      lives.set(name, taken);
      if (taken.pid !== undefined) custody.took(keptOf(taken, taken.pid));
    },
    ended,
    endRest(name, run) {
      const found = live(name, run);
      if (found === undefined) return;
      giveToCustody(found.preparation.service, found, custody);
      ports.hold(name);
      forget(name, false);
    },
    settled: files.settled,
    abandon() {
      for (const found of lives.values()) killNow(found);
    },
  };
}

function groupOf(found: Live | undefined): Target | undefined {
  if (found?.pid === undefined) return undefined;
  const { pid, startTicks } = found;
  return { pid, group: true, anyUser: true, ...(startTicks !== undefined && { startTicks }) };
}
