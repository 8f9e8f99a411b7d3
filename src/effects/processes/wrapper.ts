// What is really spawned for a command that comes with extras: a shell that prepares itself and then becomes the command,
// so that everything the command starts inherits what was prepared. Pure: it only says which words and descriptors.

import type { Inheritance } from "./inheritance.ts";
import type { RenderedCommand, Spawn } from "./spec.ts";

/** The extras of a spawn that a wrapper brings about. */
export type Extras = Pick<Spawn, "tag" | "cgroup" | "sockets" | "notify" | "status"> &
  Partial<Pick<Spawn, "stdin"> & Inheritance>;

/** A command as it is handed to the system. */
export interface Wrapped {
  /** The program and its arguments. */
  readonly words: readonly string[];
  /** False: the program is the command's own, and the system itself says what is wrong with it. */
  readonly isWrapped: boolean;
  /** What is added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What stands on its descriptors from 0 on, 1 and 2 left to the caller; `stdin` is what it was asked to be. */
  readonly descriptors: { readonly first: number | "stdin"; readonly further: readonly (number | "stdin")[] };
}

/** The shell that wraps, and that runs commands given as a string. */
const shell = "/bin/sh";

/** The first descriptor that is handed over, by the rule of socket activation. */
const firstSocket = 3;

// dash calls it -w, the others -x. A shell that knows neither leaves the service untagged: groups and sessions remain.
const setTag = `{ ulimit -S -w "$1" || ulimit -S -x "$1"; } 2>/dev/null; shift`;
const setOpenFiles = `ulimit -S -n "$1" 2>/dev/null; shift`;
const ignoreHangup = `trap '' HUP`;
const joinCgroup = `{ echo 0 >"$1/cgroup.procs"; } 2>/dev/null; shift`;
// The first socket comes as stdin, since there the system makes it block again, as servers expect. An open stdin waits on 3
// and changes places with it; stderr lends its number meanwhile, being the same file as stdout.
const placeSocket = { null: `exec 3<&0 </dev/null`, open: `exec 2<&0 0<&3 3<&2 2>&1` };
const become = `exec "$@"`;
const becomeListener = `LISTEN_PID=$$; export LISTEN_PID; exec "$@"`;
// The signals that end a program are made to do nothing here (but for a SIGHUP that the command is to ignore), which a child does not inherit; it is waited for in the
// foreground, and its end is kept before it is passed on, as the same signal where it was one. What the shell itself says of
// that end is none of the command's output.
const keepStatus = (
  ignoresHangup = false,
): string => `status=$1; shift; trap : ${ignoresHangup ? "" : "HUP "}INT QUIT USR1 USR2 PIPE ALRM TERM
exec 2>/dev/null
(exec "$@" 2>&1); code=$?
echo $code >"${newStatus("$status")}" && mv -f "${newStatus("$status")}" "$status"
[ $code -gt 128 ] && name=$(kill -l $code) && ulimit -S -c 0 && trap - "$name" && kill -s "$name" $$
exit $code`;

/** Where the code of a main process is written before it is put in its place. */
export function newStatus(status: string): string {
  return `${status}.new`;
}

/** True when a shell has to prepare something: the program is not the command's own, and its faults are a process's end. */
export function needsWrapper({ tag, openFiles, ignoresHangup, cgroup, status, sockets = [] }: Extras): boolean {
  const given = [tag, openFiles, cgroup, status].some((value) => value !== undefined);
  return given || ignoresHangup === true || sockets.length > 0;
}

/** The words to spawn for a command with these extras and this whole environment. */
export function wrap(command: RenderedCommand, extras: Extras, env: Readonly<Record<string, string>>): Wrapped {
  const own = "shell" in command ? [shell, "-c", command.shell] : command.args;
  const { tag, openFiles, cgroup, sockets = [], notify, status, stdin = "null" } = extras;
  const descriptors = descriptorsOf(sockets, notify);
  const added = addedBy(sockets, notify);
  const hasSockets = sockets.length > 0;
  if (!needsWrapper(extras)) {
    return { words: own, isWrapped: false, env: added, descriptors };
  }
  // With a shim the command is another process than the one that was spawned, and its own number is what counts.
  const kept = withOddNames(own, env);
  const inner = hasSockets && status !== undefined ? [shell, "-c", becomeListener, shell, ...kept] : kept;
  const last = status !== undefined ? keepStatus(extras.ignoresHangup) : hasSockets ? becomeListener : become;
  const script = [
    ...(tag === undefined ? [] : [setTag]),
    ...(openFiles === undefined ? [] : [setOpenFiles]),
    ...(extras.ignoresHangup === true ? [ignoreHangup] : []),
    ...(cgroup === undefined ? [] : [joinCgroup]),
    ...(hasSockets ? [placeSocket[stdin]] : []),
    ...unsetting(env),
    last,
  ].join("\n");
  const given = [tag, openFiles, cgroup, status].filter((value) => value !== undefined);
  return {
    words: [shell, "-c", script, shell, ...given.map(String), ...inner],
    isWrapped: true,
    env: added,
    descriptors,
  };
}

function descriptorsOf(sockets: Extras["sockets"] = [], notify: number | undefined): Wrapped["descriptors"] {
  const last = notify === undefined ? [] : [notify];
  const [first, ...others] = sockets.map(({ fd }) => fd);
  if (first === undefined) return { first: "stdin", further: last };
  return { first, further: ["stdin", ...others, ...last] };
}

function addedBy(sockets: Extras["sockets"] = [], notify: number | undefined): Record<string, string> {
  return {
    ...(sockets.length > 0 && {
      LISTEN_FDS: String(sockets.length),
      LISTEN_FDNAMES: sockets.map(({ name }) => name).join(":"),
    }),
    ...(notify !== undefined && { NOTIFY_FD: String(firstSocket + sockets.length) }),
  };
}

// Some shells export these of their own accord.
function unsetting(env: Readonly<Record<string, string>>): readonly string[] {
  const names = ["PWD", "OLDPWD", "SHLVL"].filter((name) => env[name] === undefined);
  return names.length === 0 ? [] : [`unset ${names.join(" ")}`];
}

// Some shells drop variables whose names are no names to them, such as `spring.profiles.active`.
function withOddNames(words: readonly string[], env: Readonly<Record<string, string>>): readonly string[] {
  const odd = Object.entries(env).filter(([name]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  return odd.length === 0 ? words : ["/usr/bin/env", ...odd.map(([name, value]) => `${name}=${value}`), ...words];
}
