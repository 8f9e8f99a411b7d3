// One service as it is written in `services.yaml`.

import * as z from "zod";
import { defaults } from "./defaults.ts";
import { port } from "./port.ts";
import { health, ready } from "./probe.ts";
import {
  choice,
  command,
  duration,
  flag,
  name,
  notYet,
  oneOf,
  path,
  size,
  template,
  text,
  variables,
  whole,
} from "./scalars.ts";

const { restart: restartDefaults, stop: stopDefaults, logs: logsDefaults } = defaults;

const policy = choice(["always", "on-failure", "no"]);

export const restartMap = z
  .strictObject({
    policy: policy.exactOptional().meta({
      description: "`always`, `on-failure` (ended by itself, not with success) or `no`.",
      default: `${restartDefaults.service}; tasks: ${restartDefaults.task}`,
    }),
    delay: duration.exactOptional().meta({
      description:
        "The first pause's upper bound; each further one doubles, each is drawn at random. 0 restarts at once.",
      default: restartDefaults.delay,
    }),
    max_delay: duration
      .exactOptional()
      .meta({ description: "Pauses grow no longer than this.", default: restartDefaults.maxDelay }),
    max_restarts: whole(0, Number.MAX_SAFE_INTEGER).exactOptional().meta({
      description: "More restarts than this within `window` are a crash loop: it has failed.",
      default: restartDefaults.maxRestarts,
    }),
    window: duration.exactOptional().meta({
      description: "How far back restarts count; a run this long resets the pause.",
      default: restartDefaults.window,
    }),
  })
  .meta({
    id: "Restart",
    title: "`restart` as a map",
    description: "When and how fast a service that ended is started again.",
  });

export const stopMap = z
  .strictObject({
    signal: text.exactOptional().meta({ description: "The signal that asks it to end.", default: stopDefaults.signal }),
    timeout: duration
      .exactOptional()
      .meta({ description: "From the signal to SIGKILL for all its processes.", default: stopDefaults.timeout }),
    to: choice(["group", "leader"])
      .exactOptional()
      .meta({ description: "Who gets the signal: all its processes, or only the first.", default: stopDefaults.to }),
    command: command.exactOptional().meta({ description: "Run instead of sending the signal." }),
    cgroup: flag.exactOptional().meta({
      description:
        "True: it starts in a cgroup of its own where the system allows that (Linux, cgroup v2), some milliseconds later, and is killed by it, however fast it forks.",
      default: stopDefaults.cgroup,
    }),
    spare: z.array(text).exactOptional().meta({
      description:
        "Names of programs that it starts and that others use too: they go on when it ends. Browsers, build daemons and agents do anyway.",
      default: stopDefaults.spare,
    }),
  })
  .meta({ id: "Stop", title: "`stop`", description: "How a service is asked to end, and how long it may take." });

export const logsMap = z
  .strictObject({
    max_size: size.exactOptional().meta({
      description: "A log that holds more becomes an archive: `10MB`, `1GiB`.",
      default: logsDefaults.maxSize,
    }),
    max_age: duration
      .exactOptional()
      .meta({ description: "A log whose first line is older becomes an archive: `24h`, `7d`; default: of any age." }),
    keep: whole(0, 1000)
      .exactOptional()
      .meta({ description: "How many archives are kept; 0: what leaves the log is gone.", default: logsDefaults.keep }),
  })
  .meta({ id: "Logs", title: "`logs`", description: "How much is kept of what it writes." });

const conditions = ["started", "ready", "completed"] as const;

export const needMap = z
  .strictObject({
    condition: choice(conditions)
      .exactOptional()
      .meta({ description: "What is waited for.", default: "ready; tasks: completed" }),
    required: flag
      .exactOptional()
      .meta({ description: "False: when it is disabled, not selected or failed, do not wait for it.", default: true }),
    restart: flag.exactOptional().meta({
      description: "True: restart this service when the needed one restarts or its port moves.",
      default: false,
    }),
  })
  .meta({ id: "Need", title: "One of `depends_on` as a map", description: "What this service waits for." });

const need = z.union([choice(conditions), z.null(), needMap], {
  error: `${oneOf(conditions)}, or a map with condition, required, restart`,
});

const dependsOnError = "a list of services, or a map of services to conditions";
const dependsOn = z.union([z.array(name, { error: dependsOnError }), z.record(z.string(), need)], {
  error: dependsOnError,
});

export const envFileMap = z
  .strictObject({
    path: path.meta({ description: "The file, relative to the manifest that says it." }),
    required: flag.exactOptional().meta({ description: "False: the file may be missing.", default: true }),
  })
  .meta({ id: "EnvFile", title: "One of `env_file` as a map", description: "A file of NAME=value lines." });

const envFileEntry = z.union([path, envFileMap], { error: "a path, or a map with path and required" });
const envFileError = "a path, or a list of paths and maps with path and required";

export const envFile = z.union([path, envFileMap, z.array(envFileEntry)], { error: envFileError });

export const fileMap = z
  .strictObject({
    content: template.meta({ description: "What is written; `${…}` is rendered, `${NOW}` is the time of writing." }),
    keep: flag.exactOptional().meta({ description: "True: it stays when the service stops.", default: false }),
  })
  .meta({ id: "File", title: "One of `files` as a map", description: "A file that launch writes." });

const file = z.union([template, fileMap], { error: "the file's content, or a map with content and keep" });

// What later releases will widen.
const laterReplicas = z.literal(1, { error: notYet });

/** The keys of a service in the order of the reference. */
export const serviceMap = z
  .strictObject(
    {
      command: command
        .exactOptional()
        .meta({ description: "What runs: a string in the shell, a list directly. Absent only with `external: true`." }),
      type: choice(["service", "task"]).exactOptional().meta({
        description: "`service` keeps running; `task` runs once and is satisfied when it ends with success.",
        default: "service",
      }),
      external: flag.exactOptional().meta({
        description: "True: it runs elsewhere; probed and waited for, never started, stopped or killed.",
        default: false,
      }),
      description: text.exactOptional().meta({ description: "A line for people." }),
      version: text.exactOptional().meta({ description: "Shown, and answered to those who ask." }),
      label: text
        .exactOptional()
        .meta({ description: "`development`, `production` …: shown, and answered to those who ask." }),
      working_dir: path.exactOptional().meta({ description: "Where it runs; default: the manifest's directory." }),
      env: variables.exactOptional().meta({ description: "Its variables; `null` unsets one." }),
      env_file: envFile
        .exactOptional()
        .meta({ description: "Files of NAME=value lines, read at each start; a later one wins." }),
      port: port
        .exactOptional()
        .meta({ description: "The port it listens on, given to it as `PORT`; endpoint `main`." }),
      ports: z
        .record(name, port, { error: "a map of endpoint names to ports" })
        .exactOptional()
        .meta({ description: "Several named ports, given to it as `PORT_<NAME>`." }),
      socket: flag.exactOptional().meta({
        description: "True: launch listens on its ports and hands the sockets on. See Socket activation.",
        default: defaults.socket,
      }),
      host: text
        .exactOptional()
        .meta({ description: "The address it binds, given to it as `HOST` and used by probes." }),
      scheme: text
        .exactOptional()
        .meta({ description: "What its exported URL starts with.", default: defaults.scheme }),
      depends_on: dependsOn.exactOptional().meta({
        description: "What must be there first: a list (`ready`; tasks: `completed`), or a map of names to conditions.",
      }),
      ready: ready.exactOptional().meta({
        description:
          "What makes it ready; default: it listens on its first port, or, without ports, it lives. See Ready.",
      }),
      health: health
        .exactOptional()
        .meta({ description: "What is checked again and again afterwards; default: nothing. See Health." }),
      watchdog: duration.exactOptional().meta({
        description:
          "Longer than this without `WATCHDOG=1` from it, once it is ready, is a failure. See Readiness by message.",
      }),
      restart: z
        .union([policy, restartMap], { error: `${oneOf(["always", "on-failure", "no"])}, or a map` })
        .exactOptional()
        .meta({
          description: "What happens when it ends by itself. See Restart.",
          default: `${restartDefaults.service}; tasks: ${restartDefaults.task}`,
        }),
      stop: stopMap.exactOptional().meta({ description: "How it is asked to end. See Stop." }),
      logs: logsMap.exactOptional().meta({ description: "How much is kept of what it writes. See Logs." }),
      on_exit: choice(["shutdown", "fail", "ignore"])
        .exactOptional()
        .meta({ description: "What its own end means for the whole run.", default: defaults.onExit }),
      success_exit_codes: z
        .array(whole(0, 255), { error: "a list of exit codes" })
        .min(1, { error: "a list of exit codes" })
        .exactOptional()
        .meta({ description: "Exit codes that are a success.", default: defaults.successExitCodes }),
      files: z
        .record(z.string(), file, { error: "a map of paths to contents" })
        .exactOptional()
        .meta({ description: "Files written before it starts, rewritten when a port moves, removed when it stops." }),
      open: template.exactOptional().meta({ description: "The page a person opens: a path on its port, or a URL." }),
      stdin: z
        .union([z.literal("open"), z.literal("null"), z.null()], { error: '"open" or null' })
        .exactOptional()
        .meta({
          description: "`open` never ends (watchers quit at the end of input); `null` is at its end at once.",
          default: defaults.stdin,
        }),
      enabled: flag.exactOptional().meta({ description: "False: it takes no part.", default: defaults.enabled }),
      profiles: z
        .array(name, { error: "a list of names" })
        .exactOptional()
        .meta({ description: "Only with one of these profiles; default: always." }),
      replicas: laterReplicas.exactOptional().meta({ description: "How many of it run; only 1 so far.", default: 1 }),
      tty: flag.exactOptional().meta({
        description: "True: it runs in a terminal of its own, which you can join. See Terminal.",
        default: defaults.tty,
      }),
    },
    { error: "a command, or a map" },
  )
  .meta({ id: "Service", title: "A service", description: "One thing that runs." });

/** A service, or just its command. */
export const service = z.union([z.string().min(1, { error: "a command, or a map" }), serviceMap], {
  error: "a command, or a map",
});

/** What `defaults` may say: everything but what makes a service itself. */
export const defaultsMap = serviceMap
  .omit({
    command: true,
    type: true,
    external: true,
    description: true,
    port: true,
    ports: true,
    socket: true,
    watchdog: true,
    files: true,
    open: true,
  })
  .meta({ id: "Defaults", title: "`defaults`", description: "Merged under every service." });
