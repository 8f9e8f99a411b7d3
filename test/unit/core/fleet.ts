// Builds services for tests of the rules: every default filled in, short forms for what a test is about.

import type { Conflict } from "../../../src/core/conflict.ts";
import type {
  Condition,
  Endpoint,
  Need,
  Place,
  RestartPolicy,
  Service,
  StopPolicy,
} from "../../../src/core/service.ts";
import type { Rules } from "../../../src/core/state.ts";

const place: Place = { file: "/project/services.yaml", line: 1, column: 1 };

/** A need as a name (`db`: to be ready), or as an edge with its defaults left out. */
export type NeedWords = string | (Partial<Need> & { readonly on: string });

/** What a test says of a service; all else is the default. */
export type ServiceWords = Partial<Omit<Service, "name" | "needs" | "restart" | "stop">> & {
  readonly needs?: readonly NeedWords[];
  readonly restart?: RestartPolicy["policy"] | Partial<RestartPolicy>;
  readonly stop?: Partial<StopPolicy>;
  /** A preferred port; the endpoint is called `main`. */
  readonly port?: number;
  /** The limit for becoming ready, in milliseconds. */
  readonly readyTimeout?: number;
};

/** A service with defaults: ready within 60 s, 10 s to stop, restarted on failure after 100 ms. */
export function service(name: string, words: ServiceWords = {}): Service {
  const { needs = [], restart = {}, stop = {}, port, readyTimeout = 60_000, ...rest } = words;
  return {
    name,
    type: "service",
    place,
    command: { args: [name] },
    workingDir: "/project",
    stdin: "open",
    tty: false,
    env: { own: {}, manifest: {}, ownFiles: [], manifestFiles: [] },
    exportPrefix: "",
    scheme: "http",
    endpoints: port === undefined ? [] : [endpoint(port)],
    files: [],
    ready: { probe: { kind: "none" }, timeout: readyTimeout, attempt: readyTimeout, success: 1, owner: "tree" },
    onExit: "ignore",
    successExitCodes: [0],
    enabled: true,
    profiles: [],
    logs: { maxSize: 50_000_000, keep: 3 },
    ...rest,
    needs: needs.map(need),
    restart: {
      policy: "on-failure",
      delay: 100,
      maxDelay: 10_000,
      maxRestarts: 10,
      window: 120_000,
      ...(typeof restart === "string" ? { policy: restart } : restart),
    },
    stop: { signal: "SIGTERM", timeout: 10_000, to: "group", spare: [], cgroup: false, ...stop },
  };
}

/** A one-shot task, not tried again when it fails. */
export function task(name: string, words: ServiceWords = {}): Service {
  return service(name, { type: "task", restart: "no", ...words });
}

/** A service that runs elsewhere. */
export function external(name: string, words: ServiceWords = {}): Service {
  const { command: _, ...rest } = service(name, { type: "external", ...words });
  return rest;
}

/** Edges for `needs`, in the words of the manifest: `on("db", "completed", {restart: true})`. */
export function on(name: string, condition: Condition, rest: Partial<Need> = {}): NeedWords {
  return { on: name, condition, ...rest };
}

/** The rules of a run in a terminal: patient, and a failure stops nothing. */
export function rules(words: Partial<Rules> = {}): Rules {
  return { onFailure: "continue", restarts: true, patient: true, endWhenSettled: false, portUsers: {}, ...words };
}

/** A conflict about the service's main port, held by a stranger's `node`. */
export function conflict(name: string, port = 3000): Conflict {
  return {
    service: name,
    endpoint: "main",
    port,
    holder: { kind: "process", holder: { pid: 4711, command: "node vite" } },
    choices: ["next", "kill", "adopt", "wait", "skip", "quit"],
    next: port + 1,
  };
}

function need(words: NeedWords): Need {
  const { on: name, ...rest } = typeof words === "string" ? { on: words } : words;
  return { service: name, condition: "ready", required: true, restart: false, place, ...rest };
}

function endpoint(port: number): Endpoint {
  return { name: "main", source: "preferred", preferred: port, fixed: false, onConflict: "ask" };
}
