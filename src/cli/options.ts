// The options that several commands share, and their types.

import type { InferredOptionTypes, Options } from "yargs";
import { instanceName } from "./instance-name.ts";

const timestamps = {
  alias: "t",
  type: "boolean",
  default: false,
  description: "put date and time before each line",
} as const satisfies Options;

/** Every command takes these. */
export const globalOptions = {
  file: {
    alias: "f",
    type: "string",
    array: true,
    nargs: 1,
    requiresArg: true,
    description: "the manifest; repeat it to merge several",
  },
  directory: { alias: "C", type: "string", requiresArg: true, description: "act as if started in this directory" },
  profile: {
    type: "string",
    array: true,
    nargs: 1,
    requiresArg: true,
    description: "also the services of this profile (LAUNCH_PROFILE)",
  },
  dotenv: { type: "boolean", default: true, description: "read .env beside the manifest (--no-dotenv: not)" },
  instance: {
    type: "string",
    default: "default",
    requiresArg: true,
    coerce: instanceName,
    description: "a second run of the same project with its own state and ports",
  },
  json: { type: "boolean", default: false, description: "machine-readable output: one document, or one object a line" },
  color: { type: "boolean", description: "colours (--no-color, NO_COLOR: none)" },
  quiet: { alias: "q", type: "boolean", default: false, description: "do not print the services' output" },
} as const satisfies Record<string, Options>;

/** The values of `globalOptions`. */
export type GlobalArgs = InferredOptionTypes<typeof globalOptions>;

/** Commands that are about some of the services take these. */
export const selectionOptions = {
  services: {
    type: "string",
    requiresArg: true,
    description: "these services, separated by commas, and what they need",
  },
  except: { type: "string", array: true, nargs: 1, requiresArg: true, description: "leave this service out" },
  external: {
    type: "string",
    array: true,
    nargs: 1,
    requiresArg: true,
    description: "take this service as already running elsewhere",
  },
  deps: { type: "boolean", default: true, description: "also what the named services need (--no-deps: not)" },
} as const satisfies Record<string, Options>;

/** The values of `selectionOptions`, with the services given as arguments. */
export type SelectionArgs = InferredOptionTypes<typeof selectionOptions> & {
  readonly service?: readonly string[] | undefined;
};

/** Commands that start services take these. */
export const startOptions = {
  "non-interactive": {
    type: "boolean",
    default: false,
    description: "never ask; decide by policy, as without a terminal",
  },
  "on-conflict": {
    choices: ["next", "kill", "adopt", "wait", "skip", "fail"],
    description: "the answer to every port conflict",
  },
  "strict-ports": { type: "boolean", default: false, description: "no service moves from its preferred port" },
  timeout: {
    type: "string",
    requiresArg: true,
    description: "until everything must be ready, such as 90s (5m without a terminal)",
  },
  "on-failure": { choices: ["stop", "continue"], description: "what a failed service means for the others" },
  report: { type: "string", requiresArg: true, description: "write the run's report here: JSON, or JUnit by .xml" },
} as const satisfies Record<string, Options>;

/** Commands that show the dashboard take these. */
export const faceOptions = {
  plain: { type: "boolean", description: "plain lines instead of the dashboard" },
  ascii: { type: "boolean", description: "the dashboard without characters beyond ASCII" },
  "screen-reader": {
    type: "boolean",
    description: "linear text and numbered questions (LAUNCH_SCREEN_READER)",
  },
} as const satisfies Record<string, Options>;

/** `launch up`. */
export const upOptions = {
  "check-only": {
    type: "boolean",
    default: false,
    description: "say whether it would start; start, stop and write nothing",
  },
  detach: {
    alias: ["d", "D"],
    type: "boolean",
    default: false,
    description: "run in the background (launch attach, launch down)",
  },
  wait: { type: "boolean", default: false, description: "with -d: return once everything is ready or has failed" },
  ...faceOptions,
  timestamps: { ...timestamps, description: "in plain lines: put date and time before each" },
  /** Said by launch itself to the process that is to be the engine. */
  engine: { type: "boolean", default: false, hidden: true },
  /** Said by the guard: goes on with the run of an engine that died. */
  reclaim: { type: "boolean", default: false, hidden: true },
  ...startOptions,
  ...selectionOptions,
} as const satisfies Record<string, Options>;

/** `launch run`. */
export const runOptions = { ...startOptions, ...selectionOptions } as const satisfies Record<string, Options>;

/** `launch graph`. */
export const graphOptions = {
  format: { choices: ["text", "mermaid", "json"], default: "text", description: "how to draw it" },
  ...selectionOptions,
} as const satisfies Record<string, Options>;

/** `launch env`. */
export const envOptions = {
  shell: { choices: ["bash", "fish", "json", "dotenv"], default: "bash", description: "for whom it is written" },
  ...selectionOptions,
} as const satisfies Record<string, Options>;

/** `launch logs`. */
export const logsOptions = {
  follow: {
    type: "boolean",
    default: false,
    description: "also -f here: go on with what is written from now on, until Ctrl-C",
  },
  lines: {
    alias: "n",
    type: "string",
    requiresArg: true,
    description: "the last so many lines, or all (100; all with --since, --grep or --level)",
  },
  since: { type: "string", requiresArg: true, description: "from then on: 10m, or a time such as 2026-01-31T08:00" },
  grep: { type: "string", requiresArg: true, description: "lines that this regular expression is found in" },
  level: { choices: ["debug", "info", "warn", "error"], description: "lines that are at least so serious" },
  timestamps,
} as const satisfies Record<string, Options>;

/** `launch available`. */
export const availableOptions = {
  strict: { type: "boolean", default: false, description: "only the given port: 1 when it is not free" },
} as const satisfies Record<string, Options>;

/** `launch ports`. */
export const portsOptions = {
  forget: { type: "boolean", default: false, description: "the next run tries the preferred ports first again" },
} as const satisfies Record<string, Options>;

/** `launch kill`. */
export const killOptions = {
  yes: { alias: "y", type: "boolean", default: false, description: "do not ask; needed without a terminal" },
  grace: { type: "string", default: "5s", requiresArg: true, description: "from SIGTERM to SIGKILL" },
} as const satisfies Record<string, Options>;

/** Commands that ask something of services of a run take these. */
export const askOptions = {
  wait: { type: "boolean", default: true, description: "return once that is done or has failed (--no-wait: at once)" },
  timeout: { type: "string", default: "5m", requiresArg: true, description: "how long to wait, such as 90s" },
} as const satisfies Record<string, Options>;

/** `launch start`. */
export const startServiceOptions = {
  ...askOptions,
  deps: selectionOptions.deps,
} as const satisfies Record<string, Options>;

/** `launch restart`. */
export const restartOptions = {
  ...askOptions,
  "with-dependents": {
    type: "boolean",
    default: false,
    description: "also all that run and need them, directly or through others",
  },
} as const satisfies Record<string, Options>;

/** `launch stop`. */
export const stopServiceOptions = {
  ...askOptions,
  yes: {
    alias: "y",
    type: "boolean",
    default: false,
    description: "without a name: do not ask; needed without a terminal",
  },
} as const satisfies Record<string, Options>;

/** The values of `askOptions`, with the services that are meant: all, where none is named. */
export type AskArgs = GlobalArgs & Values<typeof askOptions> & { readonly service?: readonly string[] | undefined };

/** The parsed values of options, under the names that code uses. */
export type Values<Given extends Readonly<Record<string, Options>>> = {
  readonly [Name in keyof Given as Camel<Name>]: InferredOptionTypes<Given>[Name];
};

/** The values of `startOptions`. */
export type StartArgs = Values<typeof startOptions>;

/** The values of `faceOptions`. */
export type FaceArgs = Values<typeof faceOptions>;

/** The values of `upOptions`. */
export type UpArgs = GlobalArgs & SelectionArgs & Values<typeof upOptions>;

/** The values of `logsOptions`, with the services given as arguments. */
export type LogsArgs = Values<typeof logsOptions> & { readonly service?: readonly string[] | undefined };

type Camel<Name extends string | number | symbol> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;
