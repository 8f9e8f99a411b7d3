// What to say of a key that the schema does not know: it comes later, it is called otherwise here, or it is mistyped.

import type { Problem } from "./problem.ts";
import { manifestMap, portPoolMap } from "./schema.ts";
import { portMap } from "./schema/port.ts";
import { healthMap, readyMap } from "./schema/probe.ts";
import { defaultsMap, envFileMap, fileMap, needMap, restartMap, serviceMap, stopMap } from "./schema/service.ts";
import { didYouMean, nearest } from "./suggest.ts";
import type { Path } from "./tree.ts";

// One kind of map in a manifest: how it is called, its keys, those of later releases, and other tools' words for its keys.
interface Kind {
  readonly called: string;
  /** Not its shape: to name the keys makes a schema of each. */
  readonly map: { readonly shape: Readonly<Record<string, unknown>> };
  readonly later?: readonly string[];
  readonly hints?: Readonly<Record<string, string>>;
}

/** The words for a key that the map at `path` does not have. */
export function unknownKey(key: string, path: Path): Omit<Problem, "place"> {
  const kind = kindAt(path);
  if (kind.later?.includes(key) === true) {
    return { message: `"${label([...path, key])}" is not supported yet`, remedy: "Remove it for now." };
  }
  const known = Object.keys(kind.map.shape);
  const hints = new Map(Object.entries(kind.hints ?? {}));
  const hint = hints.get(key) ?? didYouMean(key, known) ?? hints.get(nearest(key, hints.keys()) ?? "");
  return { message: `"${key}" is no key of ${kind.called}`, remedy: hint ?? `Its keys: ${known.join(", ")}.` };
}

/** `ready.timeout`, `command[2]`; a service's own name is left to the place. */
export function label(path: Path): string {
  const inService = path[0] === "services" && path.length > 1;
  const steps = inService ? path.slice(path.length > 2 ? 2 : 1) : path;
  const text = steps.reduce<string>(
    (sum, step) => (typeof step === "number" ? `${sum}[${step}]` : `${sum}.${String(step)}`),
    "",
  );
  return text === "" ? "the manifest" : text.replace(/^\./, "");
}

function kindAt(path: Path): Kind {
  if (path.length === 0) return manifest;
  if (path[0] !== "services") return tops[String(path[0])] ?? manifest;
  return path.length === 2 ? service : (parts[String(path[2])] ?? service);
}

const variables = "Variables go under `env:`, the label under `label:`.";
const network = "Services share this machine's network: delete it.";
const volumes = "Services see this machine's files: delete it.";
const before = "Make it a service with `type: task`, and name it in this one's `depends_on:`.";
const command = "The command goes under `command:`.";
const directory = "The directory goes under `working_dir:`.";
const needs = "It is called `depends_on:`.";
const restart = "It is called `restart:`.";
const services = "Services go under `services:`.";

const manifest: Kind = {
  called: "a manifest",
  map: manifestMap,
  later: ["control"],
  hints: {
    environment: variables,
    processes: services,
    procs: services,
    apps: services,
    networks: network,
    volumes,
    configs: volumes,
    version: "A manifest has no version; delete the line.",
  },
};

const service: Kind = {
  called: "a service",
  map: serviceMap,
  later: ["watch", "stderr", "docker", "systemd", "remote", "package"],
  hints: {
    environment: variables,
    cmd: command,
    run: command,
    script: command,
    exec: command,
    entrypoint: command,
    shell: "A string under `command:` runs in sh; for another shell, write [bash, -c, …].",
    interpreter: "A list under `command:` names the program first: [python3, app.py].",
    args: "Arguments are part of `command:`; a list runs without a shell.",
    cwd: directory,
    dir: directory,
    directory,
    workdir: directory,
    pre_start: before,
    before,
    setup: before,
    init: before,
    build:
      "launch builds nothing: make the build a service with `type: task`, and name it in this one's `depends_on:`.",
    post_start: "Make it a service with `type: task` that depends on this one.",
    pre_stop: "Say `stop: { command: … }`.",
    shutdown: "It is called `stop:`.",
    healthcheck: "Readiness goes under `ready:`, later checks under `health:`.",
    readiness_probe: "It is called `ready:`.",
    ready_log_line: "Say `ready: { log: … }`.",
    liveness_probe: "It is called `health:`.",
    needs,
    after: needs,
    requires: needs,
    links: needs,
    availability: restart,
    autorestart: restart,
    exit_on_failure: "Say `on_exit: shutdown-on-failure`.",
    exit_on_end: "Say `on_exit: shutdown`.",
    max_restarts: "Say `restart: { max_restarts: … }`.",
    instances: "It is called `replicas:`.",
    scale: "It is called `replicas:`.",
    expose: "Say `port:`, or `ports:` by name.",
    disabled: "Say `enabled: false`.",
    is_tty: "It is called `tty:`.",
    is_daemon: "Run it in the foreground: launch looks after the process that it starts.",
    log_location: "Logs are in .launch/logs; how much is kept goes under `logs:`.",
    logging: "It is called `logs:`.",
    networks: network,
    network_mode: network,
    hostname: network,
    volumes,
    container_name: "A service is called by its key under `services:`.",
    image: "Containers are not supported yet.",
    stop_signal: "Say `stop: { signal: … }`.",
    stop_grace_period: "Say `stop: { timeout: … }`.",
  },
};

const tops: Readonly<Record<string, Kind>> = {
  defaults: { ...service, called: "`defaults`", map: defaultsMap },
  port_pool: { called: "`port_pool`", map: portPoolMap },
  env_file: { called: "an env file", map: envFileMap },
};

const port: Kind = { called: "a port", map: portMap };
const probe = {
  retries: "It is called `failures:`.",
  attempts: "It is called `failures:`.",
  path: "The path goes under `http:`.",
  command: "It is called `exec:`.",
};

const grace = "It is called `timeout:`: from the signal until SIGKILL.";
const stopHints = {
  grace,
  grace_period: grace,
  stop_grace_period: grace,
  kill_timeout: grace,
  timeout_seconds: grace,
  wait: grace,
  kill_signal: "It is called `signal:`.",
  stop_signal: "It is called `signal:`.",
  exec: "It is called `command:`.",
  cmd: "It is called `command:`.",
  shutdown_timeout: grace,
  parent_only: "Say `to: leader`.",
};

const parts: Readonly<Record<string, Kind>> = {
  port,
  ports: port,
  ready: {
    called: "`ready`",
    map: readyMap,
    later: ["announce"],
    hints: { ...probe, start_period: "It is called `timeout:`." },
  },
  health: {
    called: "`health`",
    map: healthMap,
    later: ["announce"],
    hints: {
      ...probe,
      attempt: "It is called `timeout:` here.",
      notify: "Signs of life are asked for by `watchdog:`.",
    },
  },
  restart: { called: "`restart`", map: restartMap },
  stop: { called: "`stop`", map: stopMap, hints: stopHints },
  depends_on: { called: "a need", map: needMap },
  env_file: { called: "an env file", map: envFileMap },
  files: { called: "a file", map: fileMap },
};
