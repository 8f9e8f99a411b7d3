// A port conflict as data: what is wanted, who holds it, what may be answered.

import type { Choice, Port, PortRange } from "./service.ts";

/** The process that holds a port, as far as the machine tells. */
export interface Holder {
  readonly pid: number;
  /** The command line as one string. */
  readonly command: string;
  readonly cwd?: string;
  readonly uid?: number;
  readonly user?: string;
  /** Wall clock, milliseconds since the epoch. */
  readonly startedAt?: number;
  /** The kernel's own start time of the process in clock ticks: with the pid it names one process for ever. */
  readonly startTicks?: number;
  /** The systemd unit or container that its cgroup names. */
  readonly unit?: string;
  readonly container?: string;
  /** The `launch` project that the process belongs to, and whether a run of it is going. */
  readonly project?: {
    readonly name: string;
    readonly service: string;
    readonly root: string;
    /** Given for another instance of the asking project. */
    readonly instance?: string;
    readonly running?: boolean;
    /** True: it is a service of the very run that asks, on a port that this run has given it no lease of. */
    readonly own?: true;
  };
  /** True: left by a dead run of this same project and instance. */
  readonly leftover?: boolean;
}

/** What is known of who holds a port. */
export type HolderKnowledge =
  | { readonly kind: "process"; readonly holder: Holder }
  /** Another user's process: the row names the user, the rest is not readable. */
  | { readonly kind: "other-user"; readonly uid: number; readonly user?: string }
  /** Another run of `launch` has leased the port and its service is not listening at the moment. */
  | {
      readonly kind: "lease";
      readonly project?: { readonly name: string; readonly root: string; readonly pid: number };
      /** Another user whose run it is, of which no more can be seen. */
      readonly user?: string;
    }
  /** In use, but nothing says by whom (bound and not listening, or another namespace); `listening` when it accepts connections. */
  | { readonly kind: "unknown"; readonly listening?: boolean }
  /** Another service of this same manifest has it. */
  | { readonly kind: "sibling"; readonly service: string }
  /** Nobody's, but the system gives ports this low only to privileged programs. */
  | { readonly kind: "privileged" };

/** One wanted port that cannot be had. */
export interface Conflict {
  readonly service: string;
  readonly endpoint: string;
  readonly port: Port;
  /** Given where it is a UDP port. */
  readonly transport?: "udp";
  readonly holder: HolderKnowledge;
  /** Every port of this range was tried and none is free; `port` is its first. */
  readonly exhausted?: PortRange;
  /** What may be answered here, in the order shown. */
  readonly choices: readonly Choice[];
  /** The port that `next` would take. */
  readonly next?: Port;
}
