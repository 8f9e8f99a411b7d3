// What to write instead of a value that the schema refuses, where it is plain what was meant: other tools' forms and words, and
// short forms that there are not.

import { nameFrom } from "./name.ts";
import { didYouMean } from "./suggest.ts";
import type { Path } from "./tree.ts";

/** A sentence or two; `words` are those that the schema would take. Undefined where nothing is plain. */
export function valueRemedy(value: unknown, path: Path, words: readonly string[]): string | undefined {
  const meant = forms[keyOf(path)]?.(value);
  if (meant !== undefined) return meant;
  if (typeof value === "boolean" && path.includes("restart")) {
    return value ? 'Say "always" or "on-failure".' : 'Say "no".';
  }
  // The only number that a duration may be is 0.
  const isDuration = words.length === 1 && words[0] === "0";
  if (typeof value === "number" && isDuration) {
    return `Give it a unit: ${value}s or ${value}ms.`;
  }
  if (typeof value !== "string") return undefined;
  const word = foreignWords[value];
  return word !== undefined && words.includes(word) ? `Here that is called "${word}".` : didYouMean(value, words);
}

/** What to do about a name that cannot be one; undefined when nothing of it is left. */
export function nameRemedy(name: string): string | undefined {
  if (name.includes("$")) return "Variables are rendered in values, not in names.";
  const meant = nameFrom(name.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2"));
  return meant === "" || meant === name ? undefined : `Call it "${meant}".`;
}

/** The key within a service or a manifest: `ports`, `ready.http`. */
function keyOf(path: Path): string {
  return (path[0] === "services" ? path.slice(2) : path[0] === "defaults" ? path.slice(1) : path).join(".");
}

const duration = /^\d+(?:ms|s|m|h)$/;

const forms: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  name: (value) => (typeof value === "string" ? nameRemedy(value) : undefined),
  ports: (value) => (Array.isArray(value) ? portsOf(value) : scalarPort(value)),
  port: (value) => (Array.isArray(value) ? portsOf(value) : mappedPort(value)),
  host: hostWithPort,
  env: (value) => (Array.isArray(value) ? variablesOf(value) : undefined),
  depends_on: (value) => (typeof value === "string" ? `Write a list: depends_on: [${value}].` : undefined),
  profiles: (value) => (typeof value === "string" ? `Write a list: profiles: [${value}].` : undefined),
  success_exit_codes: (value) =>
    typeof value === "number" ? `Write a list: success_exit_codes: [${value}].` : undefined,
  ready: (value) => probeOf("ready", value),
  health: (value) => probeOf("health", value),
  stop: stopOf,
  logs: (value) =>
    typeof value === "string" ? "Where logs go is fixed (.launch/logs); how much is kept is a map." : undefined,
  restart: (value) => {
    if (value === "exit_on_failure") return "Write restart: no and on_exit: shutdown-on-failure.";
    return typeof value === "number" ? `Write restart: { max_restarts: ${value} }.` : undefined;
  },
  on_exit: (value) => (value === "restart" ? "Say restart: always." : undefined),
};

/** As it stands in a URL: `[::1]`, `127.0.0.1:80`. */
function hostWithPort(value: unknown): string | undefined {
  const [, bracketed, plain, port] = /^(?:\[([\dA-Fa-f:.]+)\]|([\w.-]+))(?::(\d+))?$/.exec(String(value)) ?? [];
  const alone = bracketed === undefined ? plain : `"${bracketed}"`;
  if (alone === undefined || (bracketed === undefined && port === undefined)) return undefined;
  return port === undefined ? `Say host: ${alone}.` : `Say host: ${alone} and port: ${port}.`;
}

/** compose's `["8080:80"]`, of which the first is the number that others use, or plain numbers. */
function portsOf(list: readonly unknown[]): string {
  const numbers = list.flatMap((item) => /^(?:[\d.]+:)??(\d+)(?::\d+)?(?:\/\w+)?$/.exec(String(item))?.[1] ?? []);
  const [first = "8080"] = numbers;
  const several = numbers.length > 1 ? numbers.map((number, index) => `port${index + 1}: ${number}`).join(", ") : "";
  const how = several === "" ? `Write port: ${first}.` : `Give each a name: ports: { ${several} }.`;
  return `${how} The service itself listens on the number, nothing is mapped.`;
}

function scalarPort(value: unknown): string | undefined {
  return typeof value === "number" || typeof value === "string"
    ? `Write port: ${value}, or give it a name.`
    : undefined;
}

function mappedPort(value: unknown): string | undefined {
  const [, outside] = /^(\d+):\d+$/.exec(String(value)) ?? [];
  return outside === undefined ? undefined : portsOf([value]);
}

function variablesOf(list: readonly unknown[]): string {
  const [, name = "NAME", value = "value"] = /^([^=]+)=(.*)$/s.exec(String(list[0])) ?? [];
  return `Write a map: env: { ${name}: ${JSON.stringify(value)} }.`;
}

function probeOf(key: string, value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  if (/^(?:\/|https?:\/\/)/.test(value)) return `Write ${key}: { http: ${value} }.`;
  if (value === "http") return `Write ${key}: { http: / }.`;
  if (value === "tcp") return `Write ${key}: { tcp: main }, or listen, which connects to nothing.`;
  if (duration.test(value)) return `A time proves nothing; for the longest wait, write ${key}: { timeout: ${value} }.`;
  if (value === "log") return `Write ${key}: { log: 'listening on' }, with what a line of its output says.`;
  return value.includes(" ") ? `If it is a command, write ${key}: { exec: ${JSON.stringify(value)} }.` : undefined;
}

function stopOf(value: unknown): string | undefined {
  if (typeof value === "number") return `Write stop: { timeout: ${value}s }.`;
  if (typeof value !== "string") return undefined;
  if (duration.test(value)) return `Write stop: { timeout: ${value} }.`;
  const isSignal = /^(?:SIG)?[A-Z]+\d*$/.test(value);
  return isSignal ? `Write stop: { signal: ${value} }.` : `Write stop: { command: ${JSON.stringify(value)} }.`;
}

/** What other tools call our words. */
const foreignWords: Readonly<Record<string, string>> = {
  service_started: "started",
  service_healthy: "ready",
  service_completed_successfully: "completed",
  process_started: "started",
  process_healthy: "ready",
  process_log_ready: "ready",
  process_completed: "completed",
  process_completed_successfully: "completed",
  healthy: "ready",
  running: "started",
  "unless-stopped": "always",
  on_failure: "on-failure",
  exit_on_failure: "shutdown-on-failure",
  "exit-on-failure": "shutdown-on-failure",
  "stop-on-failure": "shutdown-on-failure",
  exit_on_end: "shutdown",
  exit: "shutdown",
  quit: "shutdown",
  stop: "shutdown",
  continue: "ignore",
  never: "no",
  oneshot: "task",
  once: "task",
  job: "task",
  batch: "task",
  command: "task",
  script: "task",
  daemon: "service",
  simple: "service",
  process: "service",
  server: "service",
  web: "service",
  worker: "service",
  random: "dynamic",
};
