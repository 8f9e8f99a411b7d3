// What a service is once the manifest has been read: every default filled in, every path absolute, every
// short form spelled out. Pure data, the seam between the manifest and the rest of the house.
// Strings marked as templates still hold `${…}` and are rendered at each start, when ports are known.

/** A duration in milliseconds. */
export type Millis = number;

/** The number of a TCP or UDP port, 1 to 65535. */
export type Port = number;

/** A string that may hold `${NAME}` forms, rendered at each start of the service. */
export type Template = string;

/** Where something is said: an absolute file path, and line and column counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A string runs in the shell; a list runs directly. */
export type Command = { readonly shell: Template } | { readonly args: readonly Template[] };

/** `service` keeps running, `task` runs once, `external` runs elsewhere and is only watched. */
export type ServiceType = "service" | "task" | "external";

/** What a dependent waits for: the process lives, it proved ready, or it ended with success. */
export type Condition = "started" | "ready" | "completed";

/** One edge of the graph, from the service that holds it to the service it names. */
export interface Need {
  readonly service: string;
  readonly condition: Condition;
  /** False: when the named service is disabled, not selected or failed, this edge is ignored. */
  readonly required: boolean;
  /** True: this service is restarted whenever the needed one is restarted or its port moves. */
  readonly restart: boolean;
  readonly place: Place;
}

/** Names or `null`; `null` unsets the variable in the child. */
export type EnvMap = Readonly<Record<string, Template | null>>;

/** A file of `NAME=value` lines, read afresh at each start. */
export interface EnvFile {
  readonly path: string;
  readonly required: boolean;
}

/** The layers of a service's environment that its manifest gives, highest precedence first. */
export interface EnvLayers {
  readonly own: EnvMap;
  readonly manifest: EnvMap;
  readonly ownFiles: readonly EnvFile[];
  /** The `.env` beside the manifest, then its `env_file` list; a later file wins over an earlier one. */
  readonly manifestFiles: readonly EnvFile[];
}

/** Ports from `from` to `to`, both included. */
export interface PortRange {
  readonly from: Port;
  readonly to: Port;
}

/** Who picks the number: the manifest prefers one, the pool gives one, or the system does. */
export type PortSource = "preferred" | "auto" | "dynamic";

/** What may be answered to a port conflict. */
export type Choice = "next" | "kill" | "adopt" | "wait" | "skip" | "quit";

/** One port that a service listens on. The one given by `port:` is called `main`. */
export interface Endpoint {
  readonly name: string;
  /** True: `ports:` has an endpoint called main itself, which is exported by that name as every other. */
  readonly isNamed?: true;
  readonly source: PortSource;
  readonly preferred?: Port;
  readonly range?: PortRange;
  /** True: never moves, whatever the policy says. */
  readonly fixed: boolean;
  /** The manifest's preselected answer; `ask` when it gives none. */
  readonly onConflict: Choice | "ask" | "fail";
  /** True: launch listens on it for the service, over all its runs, and hands the socket on. */
  readonly socket?: true;
  /** `http`, `ws`, `tcp` …: what the exported URL starts with; the service's `scheme` when not given. */
  readonly protocol?: string;
  /** Given where it is a UDP port; else it is one of TCP. */
  readonly transport?: "udp";
}

/** How a service proves that it serves. */
export type Probe =
  /** A listening socket of the service's own tree on the endpoint's port, seen without connecting. */
  | { readonly kind: "listen"; readonly endpoint: string }
  /** A TCP connection that is accepted; `address` is an endpoint's name, a port or `host:port`. */
  | { readonly kind: "tcp"; readonly address: Template }
  /** An HTTP answer; `target` is a path on the main endpoint or a whole URL. */
  | {
      readonly kind: "http";
      readonly target: Template;
      /** Accepted status codes; none given: 200 to 399. */
      readonly status: readonly number[];
      readonly headers: Readonly<Record<string, Template>>;
      /** A regular expression that the first 64 KiB of the body must match. */
      readonly body?: string;
    }
  /** A command that ends with 0, run with the service's environment and directory. */
  | { readonly kind: "exec"; readonly command: Command }
  /** A regular expression found in a line of the service's output of this run. */
  | { readonly kind: "log"; readonly pattern: string }
  /** Its own word: `READY=1` or an empty line on the descriptor `NOTIFY_FD`, or a datagram to `NOTIFY_SOCKET`. */
  | { readonly kind: "notify" }
  /** Ready as soon as it has started and still lives after 100 ms. */
  | { readonly kind: "none" };

/** The gate that dependents wait for, judged once per run. */
export interface Readiness {
  readonly probe: Probe;
  /** From the spawn. Past it: a warning while a person watches, else a failure under the restart policy. */
  readonly timeout: Millis;
  /** Of one attempt, the whole exchange. */
  readonly attempt: Millis;
  /** Between polls; not given: while nobody is there 10 ms in the first second, then doubling to 250 ms; 250 ms once somebody answers. */
  readonly interval?: Millis;
  /** Consecutive successes needed; of a log probe: lines. */
  readonly success: number;
  /** Consecutive failures that end the waiting before `timeout`, refusals within 250 ms being one if there is no `interval`; not given: never. */
  readonly failures?: number;
  /** `tree`: the answering socket must belong to the service's own process tree. */
  readonly owner: "tree" | "any";
}

/** What is checked again and again once the service is ready. */
export interface Health {
  readonly probe: Probe;
  readonly interval: Millis;
  /** Of one probe, the whole exchange. */
  readonly timeout: Millis;
  /** Consecutive failures until the service counts as unhealthy. */
  readonly failures: number;
  /** Consecutive successes until it counts as healthy again. */
  readonly success: number;
  /** True: an unhealthy service is restarted. */
  readonly restart: boolean;
  readonly owner: "tree" | "any";
}

/** When and how fast a service that ended is started again. */
export interface RestartPolicy {
  readonly policy: "always" | "on-failure" | "no";
  /** The first backoff's upper bound; 0 restarts at once. */
  readonly delay: Millis;
  readonly maxDelay: Millis;
  /** More restarts than this within `window` are a crash loop. */
  readonly maxRestarts: number;
  readonly window: Millis;
}

/** How a service is asked to end, and how long it may take. */
export interface StopPolicy {
  readonly signal: NodeSignal;
  /** From the signal to SIGKILL for the whole group. */
  readonly timeout: Millis;
  readonly to: "group" | "leader";
  /** Names of programs that others use too: they live on. */
  readonly spare: readonly string[];
  /** True: it has a cgroup of its own where one can be made. */
  readonly cgroup: boolean;
  /** Run instead of sending the signal. */
  readonly command?: Command;
}

/** How much is kept of what a service writes. */
export interface LogPolicy {
  /** Bytes: a log that holds more becomes an archive. */
  readonly maxSize: number;
  /** A log whose first line is older becomes an archive; not given: it may be of any age. */
  readonly maxAge?: Millis;
  /** How many archives there are beside the log; the oldest go. */
  readonly keep: number;
}

/** The name of a signal as the platform spells it, such as `SIGTERM`. */
export type NodeSignal = `SIG${string}`;

/** A file written before the service starts, rewritten when a port changes, removed when it stops. */
export interface GeneratedFile {
  /** Absolute; of launch's names only those of the run stand in it. */
  readonly path: Template;
  readonly content: Template;
  /** True: left in place when the service stops. */
  readonly keep: boolean;
}

/** One service, resolved. */
export interface Service {
  readonly name: string;
  readonly type: ServiceType;
  readonly place: Place;
  readonly description?: string;
  readonly version?: string;
  readonly label?: string;
  /** Absent only for `external` services. */
  readonly command?: Command;
  readonly workingDir: string;
  /** `open` never ends; `null` is at its end from the start. */
  readonly stdin: "open" | "null";
  /** True: its stdin and output are a pseudo-terminal of its own, which a person can join. */
  readonly tty: boolean;
  readonly env: EnvLayers;
  /** Put before every exported name of this service: `UHOME_` gives `UHOME_API_PORT`. */
  readonly exportPrefix: string;
  /** The address it binds and that probes use; not given: either loopback address. */
  readonly host?: string;
  readonly scheme: string;
  readonly endpoints: readonly Endpoint[];
  readonly files: readonly GeneratedFile[];
  readonly needs: readonly Need[];
  readonly ready: Readiness;
  readonly health?: Health;
  /** Longer than this without a sign of life, once it is ready, is a failure; not given: no sign is asked for. */
  readonly watchdog?: Millis;
  readonly restart: RestartPolicy;
  readonly stop: StopPolicy;
  readonly logs: LogPolicy;
  /** What its own end means for the whole run. */
  readonly onExit: "shutdown" | "shutdown-on-failure" | "fail" | "ignore";
  readonly successExitCodes: readonly number[];
  readonly enabled: boolean;
  /** Empty: in every profile. */
  readonly profiles: readonly string[];
  /** The page a person opens: a path on the main endpoint or a whole URL. */
  readonly open?: Template;
}

/** Where `port: auto` takes its numbers from. */
export interface PortPool extends PortRange {
  /** When none of them is free: any that the system gives, or none. */
  readonly fallback: "os" | "fail";
  /** There where the manifest names the range: ports that have to move go there. */
  readonly isGiven?: true;
}

/** One manifest, read and merged. */
export interface Project {
  readonly name: string;
  /** The directory of the first manifest file; `.launch/` lives here. */
  readonly root: string;
  /** Every file that was read, in the order of merging. */
  readonly files: readonly string[];
  readonly portPool: PortPool;
  /** In the manifest's order. */
  readonly services: readonly Service[];
}
