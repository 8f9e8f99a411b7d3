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

const manifest: Kind = {
  called: "a manifest",
  map: manifestMap,
  later: ["control"],
  hints: {
    environment: variables,
    processes: "Services go under `services:`.",
    version: "A manifest has no version; delete the line.",
  },
};

const service: Kind = {
  called: "a service",
  map: serviceMap,
  later: ["watch", "stderr", "docker", "systemd", "remote", "package"],
  hints: {
    environment: variables,
    cmd: "The command goes under `command:`.",
    shell: "The command goes under `command:`; a string runs in the shell.",
    entrypoint: "The command goes under `command:`.",
    args: "Arguments are part of `command:`; a list runs without a shell.",
    cwd: "The directory goes under `working_dir:`.",
    dir: "The directory goes under `working_dir:`.",
    healthcheck: "Readiness goes under `ready:`, later checks under `health:`.",
    readiness_probe: "It is called `ready:`.",
    liveness_probe: "It is called `health:`.",
    needs: "It is called `depends_on:`.",
    availability: "It is called `restart:`.",
    disabled: "Say `enabled: false`.",
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
  path: "The path goes under `http:`.",
  command: "It is called `exec:`.",
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
    hints: { ...probe, notify: "Signs of life are asked for by `watchdog:`." },
  },
  restart: { called: "`restart`", map: restartMap },
  stop: { called: "`stop`", map: stopMap },
  depends_on: { called: "a need", map: needMap },
  env_file: { called: "an env file", map: envFileMap },
  files: { called: "a file", map: fileMap },
};
