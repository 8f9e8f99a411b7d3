// Everything that can go wrong for a service, as data, and the one place where it becomes words.

import type { Conflict, Holder, HolderKnowledge } from "./conflict.ts";
import type { Millis } from "./service.ts";

/** How a process ended: a code, or the signal that ended it. */
export type Exit =
  | { readonly code: number; readonly signal: null }
  | { readonly code: null; readonly signal: string; readonly sentBy?: Sender };

/** Who sent a signal, as far as it is known: launch, once the grace was over or before; somebody, while it was to end anyway. */
export type Sender = "launch" | "launch, in the end" | "somebody";

/** Why a service is not what was asked for. */
export type Failure =
  /** The program does not exist. */
  | { readonly kind: "command-not-found"; readonly command: string }
  /** The program exists but may not be run. */
  | { readonly kind: "not-executable"; readonly command: string }
  /** The working directory does not exist or is no directory. */
  | { readonly kind: "no-directory"; readonly path: string }
  /** The system refused to start a process: descriptors, memory, process limit. */
  | { readonly kind: "spawn"; readonly code: string; readonly message: string }
  /** A template, an env file or a generated file could not be made. */
  | { readonly kind: "preparation"; readonly message: string }
  /** It ended by itself and that counts as a failure; `byWish`: because its `on_exit` says so, though it ended with success. */
  | { readonly kind: "exit"; readonly exit: Exit; readonly byWish?: true }
  /** It ended with success although it had yet to prove that it serves, or just after (`wasReady`). */
  | { readonly kind: "ended-early"; readonly exit: Exit; readonly wasReady?: true }
  /** It ended with success and left this process of its own to go on in the background, where nobody supervises it. */
  | {
      readonly kind: "detached";
      readonly exit: Exit;
      readonly left: { readonly pid: number; readonly command: string };
    }
  /** It ended while nobody was there to see how: its engine was dead, or the fork server. */
  | { readonly kind: "unwatched" }
  /** What it needs to be ready has ended by itself, so it can never start. */
  | { readonly kind: "need-ended"; readonly need: string }
  /** It ended once more after all the restarts that it may have within its window. */
  | { readonly kind: "crash-loop"; readonly restarts: number; readonly window: Millis; readonly last: Failure }
  /** It did not prove ready in time; `failures`: nor at so many tries, within less time. */
  | { readonly kind: "not-ready"; readonly timeout: Millis; readonly reason: string; readonly failures?: number }
  /** Its health probe failed too often. */
  | { readonly kind: "unhealthy"; readonly reason: string }
  /** It gave no sign of life for as long as its watchdog allows. */
  | { readonly kind: "silent"; readonly limit: Millis }
  /** A ready service's port is no longer listened on, or an external service is gone. */
  | { readonly kind: "lost"; readonly reason: string }
  /** A port conflict was left unresolved. */
  | { readonly kind: "conflict"; readonly conflict: Conflict }
  /** A person had it ended by `launch kill`. */
  | { readonly kind: "killed" }
  /** Not even SIGKILL ended all of it. */
  | { readonly kind: "did-not-stop" }
  /** It was skipped by choice. */
  | { readonly kind: "skipped" };

/** True for failures that starting again cannot mend. */
export function isPermanent(failure: Failure): boolean {
  switch (failure.kind) {
    case "command-not-found":
    case "not-executable":
    case "no-directory":
    case "preparation":
    case "conflict":
    case "skipped":
    case "need-ended":
    case "crash-loop":
    case "killed":
    case "did-not-stop":
      return true;
    case "spawn":
    case "exit":
    case "ended-early":
    case "detached":
    case "unwatched":
    case "not-ready":
    case "unhealthy":
    case "silent":
    case "lost":
      return false;
  }
}

/** `exit code 3`, `SIGKILL`, or what a shell makes of a signal: `exit code 143 (SIGTERM)`. */
export function describeExit(exit: Exit): string {
  if (exit.signal !== null) return exit.signal === "SIGKILL" ? describeKill(exit.sentBy) : exit.signal;
  const bySignal = exit.code > 128 ? signalNames[exit.code - 128] : undefined;
  return bySignal === undefined ? `exit code ${exit.code}` : `exit code ${exit.code} (${bySignal})`;
}

/** How a run ended, in words that follow "ended with" or stand alone. */
export function describeEnd(end: { readonly exit: Exit } | { readonly failure: Failure }): string {
  return "failure" in end ? describe(end.failure) : describeExit(end.exit);
}

// Who is not asked to end, and not killed by us, is mostly killed by the system.
function describeKill(sentBy: Sender | undefined): string {
  switch (sentBy) {
    case undefined:
      return "SIGKILL (killed, possibly out of memory)";
    case "somebody":
      return "SIGKILL";
    case "launch":
      return "SIGKILL (by launch)";
    case "launch, in the end":
      return "SIGKILL (by launch, it did not end in time)";
  }
}

function triesOf({ timeout, failures }: Extract<Failure, { kind: "not-ready" }>): string {
  const within = `within ${describeMillis(timeout)}`;
  return failures === undefined ? within : `at ${failures === 1 ? "the first try" : `${failures} tries`} ${within}`;
}

/** The failure in words, without a final stop, so that it can stand in a table or a sentence. */
export function describe(failure: Failure): string {
  switch (failure.kind) {
    case "command-not-found":
      return `command not found: ${failure.command}`;
    case "not-executable":
      return `not executable: ${failure.command}`;
    case "no-directory":
      return `no such directory: ${failure.path}`;
    case "spawn":
      return `could not be started: ${failure.message} (${failure.code})`;
    case "preparation":
      return failure.message;
    case "exit":
      return `ended with ${describeExit(failure.exit)}${failure.byWish === true ? ", and by on_exit: fail it should not end" : ""}`;
    case "ended-early":
      return `ended with ${describeExit(failure.exit)} ${failure.wasReady === true ? "just after" : "before"} it was ready`;
    case "detached":
      return `went into the background (pid ${failure.left.pid}, ${clip(failure.left.command)}): run it in the foreground (\`daemonize no\`, \`daemon off;\`, no \`&\`)`;
    case "unwatched":
      return "ended while launch was not there to see how";
    case "need-ended":
      return `could not start, because ${failure.need} has ended`;
    case "crash-loop":
      return `crash loop: restarted ${times(failure.restarts)} within ${describeMillis(failure.window)}, last: ${describe(failure.last)}`;
    case "not-ready":
      return `not ready ${triesOf(failure)}: ${failure.reason}`;
    case "unhealthy":
      return `unhealthy: ${failure.reason}`;
    case "silent":
      return `watchdog: no sign of life for ${describeMillis(failure.limit)}`;
    case "lost":
      return failure.reason;
    case "conflict":
      return describeConflict(failure.conflict);
    case "killed":
      return "killed by launch kill";
    case "did-not-stop":
      return "did not stop, not even by SIGKILL";
    case "skipped":
      return "skipped";
  }
}

function times(count: number): string {
  return count === 1 ? "1 time" : `${count} times`;
}

/** `port 3000 is held by node (pid 4711, "vite")`. */
export function describeConflict(conflict: Conflict): string {
  const words = `${conflict.transport === "udp" ? "UDP " : ""}port ${conflict.port} is ${describeHolder(conflict.holder)}`;
  if (conflict.exhausted === undefined) return words;
  return `no port from ${conflict.exhausted.from} to ${conflict.exhausted.to} is free; ${words}`;
}

/** Who holds a port, in words that follow "is". */
export function describeHolder(known: HolderKnowledge): string {
  switch (known.kind) {
    case "process": {
      const { holder } = known;
      const service = serviceOf(holder);
      if (service !== undefined) return `held by ${service} (pid ${holder.pid})`;
      return `held by ${programName(holder.command)} (pid ${holder.pid}, "${clip(holder.command)}")`;
    }
    case "other-user":
      return `held by user ${known.user ?? known.uid}, whose processes may not be looked at`;
    case "sibling":
      return `wanted by ${known.service} as well`;
    case "lease":
      return known.project === undefined
        ? `leased by ${strangeRun(known.user)}`
        : `leased by ${known.project.name} in ${known.project.root} (launch, pid ${known.project.pid})`;
    case "unknown":
      return "in use, holder unknown";
    case "privileged":
      return "reserved for privileged programs: use a port above 1023, or allow this one with net.ipv4.ip_unprivileged_port_start";
  }
}

/** A process that holds a port, by its number: whose service it is, otherwise its command. */
export function describeProcess(holder: Holder): string {
  return `pid ${holder.pid} (${serviceOf(holder) ?? `"${clip(holder.command)}"`})`;
}

function serviceOf({ project }: Holder): string | undefined {
  if (project === undefined) return undefined;
  if (project.own === true) return `${project.service} of this same run`;
  const whose = project.instance === undefined ? "" : `, instance ${project.instance},`;
  return `${project.service} of ${project.name}${whose} in ${project.root}`;
}

/** Who holds a port, in as few words as name it: `node, pid 4711`. */
export function nameHolder(known: HolderKnowledge): string {
  switch (known.kind) {
    case "process": {
      const { pid, command, project } = known.holder;
      if (project === undefined) return `${programName(command)}, pid ${pid}`;
      return `${project.service} of ${project.own === true ? "this same run" : project.name}, pid ${pid}`;
    }
    case "lease":
      return known.project === undefined ? strangeRun(known.user) : `${known.project.name}, pid ${known.project.pid}`;
    case "other-user":
    case "unknown":
    case "privileged":
    case "sibling":
      return describeHolder(known);
  }
}

function strangeRun(user: string | undefined): string {
  return user === undefined ? "another run of launch" : `user ${user}, by launch or in its name`;
}

const longestCommand = 80;

function clip(command: string): string {
  return command.length > longestCommand ? `${command.slice(0, longestCommand - 1)}…` : command;
}

/** `250ms`, `10s`, `1m30s`, as the manifest writes durations; longer ones as `2h5m` and `3d4h`. */
export function describeMillis(ms: Millis): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)}ms`;
  const tenths = Math.round(ms / 100) / 10;
  if (tenths < 60) return `${tenths}s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return twoUnits(minutes, "m", seconds % 60, "s");
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? twoUnits(hours, "h", minutes % 60, "m") : twoUnits(Math.floor(hours / 24), "d", hours % 24, "h");
}

function twoUnits(large: number, unit: string, small: number, smaller: string): string {
  return small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smaller}`;
}

/** The base name of a command line's first word: `node` of `/usr/bin/node server.js`. */
export function programName(command: string): string {
  const first = command.trim().split(/\s+/, 1)[0] ?? "";
  return first.slice(first.lastIndexOf("/") + 1) || "a process";
}

// Signals whose number is the same on Linux and macOS; a shell reports a signalled child as 128 plus the number.
const signalNames: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  6: "SIGABRT",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  14: "SIGALRM",
  15: "SIGTERM",
};
