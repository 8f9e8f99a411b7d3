// What programs start for everybody and leave running on purpose: a browser, a build daemon, an agent. Whoever sweeps up after
// a service lets it live.

/** Names of programs, as far as they are nobody's own. */
const shared: ReadonlySet<string> = new Set(
  "watchman adb gpg-agent scdaemon keyboxd dirmngr ssh-agent sccache distccd tmux screen dbus-daemon gvfsd pulseaudio pipewire".split(
    " ",
  ),
);

const browsers =
  /^(?:google-)?chrom(?:e|ium)(?:[-_]|$)|^(?:firefox|librewolf|brave|opera|vivaldi|msedge|microsoft-edge|epiphany|falkon|konqueror|safari)(?:[-_ ]|$)/i;

/** A browser that is driven by a program is that program's own. */
const driven = /\s--?(?:headless|remote-debugging-\w+|marionette|enable-automation|test-type)(?:[\s=]|$)/;

/** Daemons that are known by their command line, since their program is a Java machine or the like. */
const daemons =
  /org\.gradle\.launcher\.daemon|org\.jetbrains\.kotlin\.daemon|^bazel\(|A-server\.jar|mvnd\.daemon|org\.mvndaemon|\bzinc\.?Server\b|VBCSCompiler|MSBuild\.dll .*nodereuse:true/i;

/** True for what is shared, by the kernel's short name and the command line; `own` are further names of programs. */
export function isShared(name: string, command: string, own: readonly string[]): boolean {
  const program = (command.split(" ", 1)[0] ?? "").split("/").at(-1) ?? "";
  if ([name, program].some((word) => own.includes(word) || shared.has(word))) return true;
  if (daemons.test(command)) return true;
  return (browsers.test(name) || browsers.test(program)) && !driven.test(command);
}
