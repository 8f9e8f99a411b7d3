// The seam between the benchmark and the peers: work as plain data, and what a peer makes of it. Runs nothing.

/** What is measured. In `docs/benchmarks.md` each is a section of its own. */
export const scenarioNames = [
  "cold",
  "check",
  "ready",
  "chain",
  "idle",
  "cpu",
  "respawn",
  "lines",
  "orphans",
  "survivors",
  "mistakes",
  "stranger",
  "exit",
] as const;

/** One of them. */
export type Scenario = (typeof scenarioNames)[number];

/**
 * A way in which what a person wrote is wrong. The first three are made by the adapter, where `Service.mistake` says so; the
 * others are plain data: services that need each other, two services on one port, a program that does not exist.
 */
export type Mistake = "syntax error" | "unknown key" | "no command" | "cycle" | "duplicate port" | "program not found";

/** What a peer may not have: a scenario, a mistake that cannot be written in its files, or `gate`: dependents of what is probed. */
export type Ability = Scenario | Mistake | "gate";

/** One service of a scenario. What it stamps and is called is in its arguments: nothing has to reach its environment. */
export interface Service {
  /** Letters and digits. */
  readonly name: string;
  /** Program (an absolute path) and arguments, which hold no blanks, quotes or other characters that mean something to a shell. */
  readonly argv: readonly string[];
  /** The port that it listens on, if it does. */
  readonly port?: number;
  /** Asked over http on its port; it is ready with the first answer of 200. Probe as often as the peer can be made to. */
  readonly probe?: { readonly path: string };
  /** Names of services that have to be ready (with a probe) or started (without) before it starts. Empty where `gate` and `chain` cannot be. */
  readonly needs: readonly string[];
  /** `always`: after any end, after the smallest delay that can be set, without limit. */
  readonly restart: "no" | "always";
  /** From the request to stop to SIGKILL, where that can be set. */
  readonly graceMs: number;
  /** How its entry is to be wrong. */
  readonly mistake?: "syntax error" | "unknown key" | "no command";
}

/** What a peer is to do once. */
export interface Job {
  readonly scenario: Scenario;
  /** Empty at first, and the peer's own: working directory, `HOME`, and where its files are. An absolute path. */
  readonly directory: string;
  /** The compiled service; for whoever has to copy it. */
  readonly program: string;
  readonly services: readonly Service[];
}

/** How a peer is asked to stop everything and to end. */
export type Stop =
  /** The process that was started, or the group that it leads. */
  | { readonly signal: NodeJS.Signals; readonly to: "process" | "group" }
  /** Typed into its terminal. */
  | { readonly keys: string }
  /** The peer's command once more, with these arguments. Everything has to be gone with its end, a daemon too. */
  | { readonly args: readonly string[] };

/** Where the lines of a service arrive. */
export type Output =
  /** Whatever the peer prints; the benchmark sends it to a file. */
  | "stdout"
  /** A file below the job's directory. */
  | { readonly file: string }
  /** Anything else: how many lines it holds so far (0 while it is not there); looked at every 50 ms. */
  | { count(directory: string): number };

/** What a peer makes of a job. */
export interface Plan {
  /** Paths below the job's directory and their contents. */
  readonly files: Readonly<Record<string, string>>;
  /** What follows the command. */
  readonly args: readonly string[];
  /** Beside `PATH`, `HOME` (the job's directory), `NO_COLOR` and `TERM`, which it has in any case. */
  readonly env?: Readonly<Record<string, string>>;
  /** `stays`: ends when it is stopped or all is over. `terminal`: the same, and needs a terminal. `returns`: leaves a daemon behind. */
  readonly way: "stays" | "terminal" | "returns";
  readonly stop: Stop;
  readonly output: Output;
  /** What follows the command to check the job's files without starting anything; absent where `check` cannot be. */
  readonly check?: readonly string[];
  /** Matches the command line (joined by blanks) of what supervises, where that is not the process that was started. */
  readonly supervisor?: RegExp;
  /** Arguments that are run after everything else, whether or not it went well: ends daemons and servers that outlive their work. */
  readonly cleanUp?: readonly string[];
}

/** One supervisor, and how it is used. */
export interface Peer {
  readonly name: string;
  /** Looked up on the PATH. */
  readonly command: string;
  /** How people get it: one line for a shell. */
  readonly install: string;
  /** What follows the command so that it prints its version. */
  readonly version: readonly string[];
  /** What it cannot do, and why, in words that complete "NAME: …". Everything else is measured. */
  readonly cannot: Readonly<Partial<Record<Ability, string>>>;
  /** Anything about its settings that a reader of the figures should know. */
  readonly note?: string;
  /** Only asked for what it can do. Pure: the benchmark writes the files. */
  plan(job: Job): Plan;
}

/** A service's arguments as a line for a shell. */
export function shellLine({ argv }: Service): string {
  return argv.join(" ");
}

/** A config as JSON, which is YAML too; with a bracket missing where one of the services has a syntax error. */
export function jsonText(config: unknown, services: readonly Service[]): string {
  const text = JSON.stringify(config, undefined, 2);
  return services.some(({ mistake }) => mistake === "syntax error") ? text.slice(0, -2) : text;
}

/** A service's entry with a key too many, or without that of its command, where that is its mistake. */
export function entryOf(
  { mistake }: Service,
  commandKey: string,
  entry: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (mistake === "unknown key") return { ...entry, comand_typo: "x" };
  if (mistake !== "no command") return entry;
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== commandKey));
}

/** The file of the foreman family: `name: command` a line; a line without its colon is the syntax error there is. */
export function procfile(services: readonly Service[]): string {
  const lines = services.map((service) => {
    if (service.mistake === "syntax error") return `${service.name} ${shellLine(service)}`;
    return `${service.name}: ${service.mistake === "no command" ? "" : shellLine(service)}`;
  });
  return `${lines.join("\n")}\n`;
}
