// Which values of a service are rendered when, told by their path: at load, at each start, by the shell, or never.

import type { Path } from "./tree.ts";

/**
 * `text`, `word` and `value` are rendered at load; a `word` may be true or false instead, and a `value` is then read as a number
 * or boolean if it looks like one. `path` and `page` are rendered at load but for the names of launch's own that may stay in them.
 * `runtime` and `file` are rendered at each start; `shell` is a command line of which launch renders only its own names;
 * `raw` is taken as it is.
 */
export type Rendering = "text" | "word" | "value" | "path" | "page" | "runtime" | "file" | "shell" | "raw";

const textKeys = new Set(
  "description version label working_dir env_file host scheme profiles depends_on signal protocol path name env_prefix include range".split(
    " ",
  ),
);

/** How the scalar at a path below a service (`["ready", "http"]`) is rendered. */
export function renderingOf(path: Path): Rendering {
  const [key, second, third] = path;
  if (key === "command") return path.length === 1 ? "shell" : "runtime";
  if (key === "env") return "runtime";
  if (key === "open") return "page";
  if (key === "files") return third === "keep" ? "value" : "file";
  if (key === "stop" && second === "command") return path.length === 2 ? "shell" : "runtime";
  if (key === "ready" || key === "health") {
    if (second === "exec") return path.length === 2 ? "shell" : "runtime";
    if (second === "http" || second === "tcp" || second === "headers") return "runtime";
    if (second === "log" || second === "body") return "raw";
    if (second === "listen") return "word";
  }
  const nearest = nearestKey(path);
  if (key === "depends_on") return nearest === "required" || nearest === "restart" ? "value" : "text";
  return textKeys.has(nearest) ? "text" : "value";
}

/** How the keys of the map at a path below a service are rendered, where the user names them. */
export function keyRenderingOf(path: Path): Rendering {
  if (path.length !== 1) return "raw";
  if (path[0] === "files") return "path";
  return path[0] === "depends_on" ? "text" : "raw";
}

const inPaths: readonly string[] = ["LAUNCH_INSTANCE", "LAUNCH_PROJECT", "LAUNCH_SERVICE"];

/** True for a name that launch sets later and that may stay in a `path` or `page` until then. */
export function mayStay(rendering: Rendering, name: string): boolean {
  // Who opens a page knows the ports. What a path is made of is the same for a whole run, and cannot lead elsewhere.
  return rendering === "page" ? !name.startsWith("LAUNCH_") : inPaths.includes(name);
}

/** What to write in a `path` or `page` instead of a name that may not stay. */
export function whatMayStay(rendering: Rendering): string {
  return rendering === "page"
    ? "Of what launch sets, a page may hold ports, hosts and URLs."
    : `Of what launch sets, a path may hold ${inPaths.map((name) => `\${${name}}`).join(", ")}.`;
}

/** How the scalar at a path from the manifest's top, outside its services, is rendered. */
export function topRenderingOf(path: Path): Rendering {
  if (path[0] === "env") return "runtime";
  return textKeys.has(nearestKey(path)) ? "text" : "value";
}

// In a list of names or paths, and in maps such as `env_file: [{ path, required }]`, the nearest key decides.
function nearestKey(path: Path): string {
  return path.findLast((step) => typeof step === "string") ?? "";
}
