// What is spawned, and with what around it, as data.

/** A command with everything rendered. */
export type RenderedCommand = { readonly shell: string } | { readonly args: readonly string[] };

/** What to spawn, and with what around it. */
export interface Spawn {
  readonly command: RenderedCommand;
  readonly cwd: string;
  /** The whole environment; nothing is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: "open" | "null";
  /** What it reads from instead of a pipe of ours. */
  readonly input?: number;
  /** A descriptor opened for appending: stdout and stderr together, in order. */
  readonly output: number;
  /** What everything that it starts inherits and is found by; see `tag.ts`. */
  readonly tag?: string;
  /** A cgroup of its own, joined before its program begins. */
  readonly cgroup?: string;
  /** Listening sockets that it gets from descriptor 3 on, with `LISTEN_FDS`, `LISTEN_PID` and `LISTEN_FDNAMES`. */
  readonly sockets?: readonly ListeningSocket[];
  /** A file, opened for appending, that it says things about itself to; its number is in `NOTIFY_FD`. */
  readonly notify?: number;
  /** The file that its exit code is kept in should nobody of ours be there to see its end. */
  readonly status?: string;
}

/** A socket that listens already and is handed over. */
export interface ListeningSocket {
  /** The endpoint's name. */
  readonly name: string;
  readonly fd: number;
}

/** A process that was spawned. Its pid is also the number of its group and session. */
export interface Spawned {
  readonly pid: number;
  /** Its start time in clock ticks, which with the pid names it for ever; undefined where there is no `/proc`. */
  readonly startTicks: number | undefined;
}
