// One service as it is written in `services.yaml`.

import * as z from "zod/mini";
import { defaults } from "./defaults.ts";
import { keys, map, optional, required, without } from "./keys.ts";
import { port } from "./port.ts";
import { health, ready } from "./probe.ts";
import {
  choice,
  command,
  duration,
  flag,
  host,
  name,
  notYet,
  oneOf,
  path,
  scheme,
  size,
  template,
  text,
  variables,
  whole,
} from "./scalars.ts";

const { restart: restartDefaults, stop: stopDefaults, logs: logsDefaults } = defaults;

const policy = choice(["always", "on-failure", "no"]);

export const restartMap = map(
  {
    id: "Restart",
    title: "`restart` as a map",
    description: "When and how fast a service that ended is started again.",
  },
  {
    policy: optional(
      policy,
      "`always`, `on-failure` (ended by itself, not with success) or `no`.",
      `${restartDefaults.service}; tasks: ${restartDefaults.task}`,
    ),
    delay: optional(
      duration,
      "The first pause's upper bound; each further one doubles, each is drawn at random. 0 restarts at once.",
      restartDefaults.delay,
    ),
    max_delay: optional(duration, "Pauses grow no longer than this.", restartDefaults.maxDelay),
    max_restarts: optional(
      whole(0, Number.MAX_SAFE_INTEGER),
      "More restarts than this within `window` are a crash loop: it has failed.",
      restartDefaults.maxRestarts,
    ),
    window: optional(
      duration,
      "How far back restarts count; a run this long resets the pause.",
      restartDefaults.window,
    ),
  },
);

export const stopMap = map(
  { id: "Stop", title: "`stop`", description: "How a service is asked to end, and how long it may take." },
  {
    signal: optional(text, "The signal that asks it to end.", stopDefaults.signal),
    timeout: optional(duration, "From the signal to SIGKILL for all its processes.", stopDefaults.timeout),
    to: optional(
      choice(["group", "leader"]),
      "Who gets the signal: all its processes, or only the first.",
      stopDefaults.to,
    ),
    command: optional(
      command,
      "Run instead of sending the signal, which follows when it fails, and after half of the timeout when the service lives.",
    ),
    cgroup: optional(
      flag,
      "True: it starts in a cgroup of its own where the system allows that (Linux, cgroup v2), some milliseconds later, and is killed by it, however fast it forks.",
      stopDefaults.cgroup,
    ),
    spare: optional(
      z.array(text, { error: "a list of names of programs" }),
      "Names of programs that it starts and that others use too: they go on when it ends. Browsers, build daemons and agents do anyway.",
      stopDefaults.spare,
    ),
  },
);

export const logsMap = map(
  { id: "Logs", title: "`logs`", description: "How much is kept of what it writes." },
  {
    max_size: optional(size, "A log that holds more becomes an archive: `10MB`, `1GiB`.", logsDefaults.maxSize),
    max_age: optional(
      duration,
      "A log whose first line is older becomes an archive: `24h`, `7d`; default: of any age.",
    ),
    keep: optional(whole(0, 1000), "How many archives are kept; 0: what leaves the log is gone.", logsDefaults.keep),
  },
);

const conditions = ["started", "ready", "completed"] as const;

export const needMap = map(
  { id: "Need", title: "One of `depends_on` as a map", description: "What this service waits for." },
  {
    condition: optional(choice(conditions), "What is waited for.", "ready; tasks: completed"),
    required: optional(flag, "False: when it is disabled, not selected or failed, do not wait for it.", true),
    restart: optional(flag, "True: restart this service when the needed one restarts or its port moves.", false),
  },
);

const need = z.union([choice(conditions), z.null(), needMap], {
  error: `${oneOf(conditions)}, or a map with condition, required, restart`,
});

const dependsOnError = "a list of services, or a map of services to conditions";
const dependsOn = z.union([z.array(name, { error: dependsOnError }), z.record(z.string(), need)], {
  error: dependsOnError,
});

export const envFileMap = map(
  { id: "EnvFile", title: "One of `env_file` as a map", description: "A file of NAME=value lines." },
  {
    path: required(path, "The file, relative to the manifest that says it."),
    required: optional(flag, "False: the file may be missing.", true),
  },
);

const envFileEntry = z.union([path, envFileMap], { error: "a path, or a map with path and required" });
const envFileError = "a path, or a list of paths and maps with path and required";

export const envFile = z.union([path, envFileMap, z.array(envFileEntry)], { error: envFileError });

export const fileMap = map(
  { id: "File", title: "One of `files` as a map", description: "A file that launch writes." },
  {
    content: required(template, "What is written; `${…}` is rendered, `${NOW}` is the time of writing."),
    keep: optional(flag, "True: it stays when the service stops.", false),
  },
);

const file = z.union([template, fileMap], { error: "the file's content, or a map with content and keep" });

// What later releases will widen.
const laterReplicas = z.literal(1, { error: notYet });

const ofService = {
  command: optional(command, "What runs: a string in the shell, a list directly. Absent only with `external: true`."),
  type: optional(
    choice(["service", "task"]),
    "`service` keeps running; `task` runs once and is satisfied when it ends with success.",
    "service",
  ),
  external: optional(flag, "True: it runs elsewhere; probed and waited for, never started, stopped or killed.", false),
  description: optional(text, "A line for people."),
  version: optional(text, "Shown, and answered to those who ask."),
  label: optional(text, "`development`, `production` …: shown, and answered to those who ask."),
  working_dir: optional(path, "Where it runs; default: the manifest's directory."),
  env: optional(variables, "Its variables; `null` unsets one."),
  env_file: optional(envFile, "Files of NAME=value lines, read at each start; a later one wins."),
  port: optional(port, "The port it listens on, given to it as `PORT`; endpoint `main`."),
  ports: optional(
    z.record(name, port, { error: "a map of endpoint names to ports" }),
    "Several named ports, given to it as `PORT_<NAME>`.",
  ),
  socket: optional(
    flag,
    "True: launch listens on its ports and hands the sockets on. See Socket activation.",
    defaults.socket,
  ),
  host: optional(host, "The address it binds, given to it as `HOST` and used by probes."),
  scheme: optional(scheme, "What its exported URL starts with.", defaults.scheme),
  depends_on: optional(
    dependsOn,
    "What must be there first: a list (`ready`; tasks: `completed`), or a map of names to conditions.",
  ),
  ready: optional(
    ready,
    "What makes it ready; default: it listens on its first port, or, without ports, it lives. See Ready.",
  ),
  health: optional(health, "What is checked again and again afterwards; default: nothing. See Health."),
  watchdog: optional(
    duration,
    "Longer than this without `WATCHDOG=1` from it, once it is ready, is a failure. See Readiness by message.",
  ),
  restart: optional(
    z.union([policy, restartMap], { error: `${oneOf(["always", "on-failure", "no"])}, or a map` }),
    "What happens when it ends by itself. See Restart.",
    `${restartDefaults.service}; tasks: ${restartDefaults.task}`,
  ),
  stop: optional(stopMap, "How it is asked to end. See Stop."),
  logs: optional(logsMap, "How much is kept of what it writes. See Logs."),
  on_exit: optional(
    choice(["shutdown", "shutdown-on-failure", "fail", "ignore"]),
    "What its own end means for the whole run. See On exit.",
    defaults.onExit,
  ),
  success_exit_codes: optional(
    z.array(whole(0, 255), { error: "a list of exit codes" }).check(z.minLength(1, { error: "a list of exit codes" })),
    "Exit codes that are a success.",
    defaults.successExitCodes,
  ),
  files: optional(
    z.record(z.string(), file, { error: "a map of paths to contents" }),
    "Files written before it starts, rewritten when a port moves, removed when it stops.",
  ),
  open: optional(template, "The page a person opens: a path on its port, or a URL."),
  stdin: optional(
    z.union([z.literal("open"), z.literal("null"), z.null()], { error: '"open" or null' }),
    "`open` never ends (watchers quit at the end of input); `null` is at its end at once.",
    defaults.stdin,
  ),
  enabled: optional(flag, "False: it takes no part.", defaults.enabled),
  profiles: optional(z.array(name, { error: "a list of names" }), "Only with one of these profiles; default: always."),
  replicas: optional(laterReplicas, "How many of it run; only 1 so far.", 1),
  tty: optional(flag, "True: it runs in a terminal of its own, which you can join. See Terminal.", defaults.tty),
};

/** The keys of a service in the order of the reference; each may be absent. */
export const serviceKeys = keys(ofService);

/** A service as a map. */
export const serviceMap = z
  .strictObject(serviceKeys, { error: "a command, or a map" })
  .register(z.globalRegistry, { id: "Service", title: "A service", description: "One thing that runs." });

/** A service, or just its command. */
export const service = z.union([z.string().check(z.minLength(1, { error: "a command, or a map" })), serviceMap], {
  error: "a command, or a map",
});

/** What `defaults` may say: everything but what makes a service itself. */
export const defaultsMap = map(
  { id: "Defaults", title: "`defaults`", description: "Merged under every service." },
  without(ofService, [
    "command",
    "type",
    "external",
    "description",
    "port",
    "ports",
    "socket",
    "watchdog",
    "files",
    "open",
  ]),
  "a map of what every service says",
);
