// One live run of a service, as those who carry out effects on it share it.

import type { NodeSignal } from "../core/service.ts";
import type { LogMatch } from "../effects/health/subject.ts";
import type { Terminal } from "../effects/processes/pty.ts";
import type { Kept } from "./custody.ts";
import type { Told } from "./handover.ts";
import type { Preparation } from "./prepare.ts";
import type { StopCommand } from "./stop-command.ts";

/** From the spawn, or from the moment an external service is looked for, to the end of the run. */
export interface Live {
  readonly run: number;
  /** What `LAUNCH_RUN` holds in the run's environment. */
  readonly marker: string;
  /** Its files are rendered again when a port moves. */
  preparation: Preparation;
  /** On the monotonic clock. */
  readonly spawnedAt: number;
  /** Absent for what is only watched. Also the number of its group. */
  readonly pid?: number;
  readonly startTicks?: number;
  /** What all that it starts inherits. */
  readonly tag?: string;
  /** The cgroup that is its own. */
  readonly cgroup?: string;
  /** Of a service with `tty: true`. */
  readonly terminal?: Terminal;
  /** Aborted when the run is asked to end or has ended: probes and waits end with it. */
  readonly over: AbortController;
  readonly log?: LogMatch;
  /** What it says about itself. */
  readonly told?: Told;
  /** The byte of its log at which it began. */
  readonly logFrom?: number;
  /** The file that its exit code is kept in, for whoever comes after this engine. */
  readonly status?: string;
  /** True once it has proved ready. */
  ready: boolean;
  /** The last signal that a person had sent to it. */
  sent?: NodeSignal;
  /** When it was asked to end, on the monotonic clock. */
  askedAt?: number;
  /** Its stop command while it goes on: the run is not over before it is. */
  stopCommand?: StopCommand;
  /** True once its main process was sent SIGABRT: the others of its group have heard of nothing. */
  aborted?: true;
  /** Ends the watch of its health, which a lost service begins anew. */
  watching?: AbortController;
}

/** What custody keeps of the run whose leader is this process. */
export function keptOf({ preparation, run, marker, startTicks, cgroup, askedAt }: Live, pid: number): Kept {
  return {
    service: preparation.service,
    run,
    marker,
    pid,
    ...(startTicks !== undefined && { startTicks }),
    ...(cgroup !== undefined && { cgroup }),
    ...(askedAt !== undefined && { askedAt }),
  };
}
