// Commands and options that other tools of this kind have under words that launch does not use, with what to use instead.

/** Words of other tools' commands, without those that launch has too, and what to say about them. */
export const otherCommands: ReadonlyMap<string, string> = new Map([
  ...each(["ps", "ls", "list", "state", "info"], "launch status prints the services of the run that is going here"),
  ...each(
    ["top", "stats", "monit", "ui", "tui", "dashboard"],
    "launch attach shows the dashboard of the run that is going here",
  ),
  ...each(["check", "validate", "lint", "config", "doctor"], "launch --check-only says whether everything would start"),
  ...each(["show", "describe", "inspect", "explain"], "launch why SERVICE says how a service is, and why"),
  ...each(
    ["log", "tail"],
    "launch logs SERVICE prints what a service has written, with -f also what it goes on to write",
  ),
  ...each(
    ["exec", "shell", "sh", "ssh"],
    "launch run -- COMMAND runs a command with the services' environment; launch attach SERVICE joins a service with `tty: true`",
  ),
  ...each(["connect", "console", "echo"], "launch attach SERVICE joins a service with `tty: true`"),
  ...each(
    ["init", "new", "create", "generate"],
    "services.yaml is written by hand: `launch schema` helps an editor with it",
  ),
  ...each(["completion", "completions"], "there are no shell completions; launch --help lists commands and options"),
  ...each(["version"], "launch --version prints the version"),
  ...each(
    ["quit", "exit", "shutdown", "rm", "remove", "delete", "halt"],
    "launch down stops the run that is going here",
  ),
  ...each(["reload"], "launch down, then launch, starts what the manifest says now"),
  ...each(["daemon", "serve"], "launch -d starts the services in the background"),
  ...each(["compose"], "launch starts the services of services.yaml, launch down stops them"),
  ...each(
    ["build", "pull", "install"],
    "launch starts commands only: what is to be built before is a service with `type: task`",
  ),
]);

/** Words of other tools' options, without dashes, and what to say about them. */
export const otherOptions: ReadonlyMap<string, string> = new Map([
  ...each(
    ["v", "verbose", "debug"],
    "-V prints the version, and more about a service is in launch logs and launch why",
  ),
  ...each(["tail"], "launch logs -n 5 prints the last 5 lines"),
  ...each(["dry-run", "dry", "check", "validate"], "--check-only says what would start, and starts nothing"),
  ...each(["daemon", "background", "detached", "bg"], "-d starts the services in the background"),
  ...each(["config", "manifest", "procfile", "compose-file"], "-f FILE names the manifest"),
  ...each(["env-file", "env"], "variables are named in services.yaml, under `env:` and `env_file:`"),
  ...each(
    ["project-name", "p"],
    "the project is named in services.yaml, under `name:`; a second run of it is --instance NAME",
  ),
  ...each(["no-tui", "tui", "no-ui"], "--plain prints lines instead of the dashboard"),
  ...each(["o", "output", "format"], "--json is for programs"),
  ...each(["a", "all"], "without a name, all services are meant"),
  ...each(
    ["rm", "remove-orphans", "force-recreate", "renew-anon-volumes"],
    "launch leaves nothing behind, so there is nothing to remove",
  ),
  ...each(
    ["build", "no-build", "pull"],
    "launch starts commands only: what is to be built before is a service with `type: task`",
  ),
  ...each(
    ["abort-on-container-exit", "abort-on-container-failure", "exit-code-from", "kill-others", "kill-others-on-fail"],
    "what a service's end means for the others is `on_exit:` in services.yaml",
  ),
  ...each(["exclude", "ignore"], "--except SERVICE leaves a service out"),
  ...each(["y", "force"], "launch kill and launch stop take --yes"),
  ...each(["cwd", "chdir", "working-dir", "project-directory"], "-C DIR acts as if started there"),
]);

function each(words: readonly string[], hint: string): readonly (readonly [string, string])[] {
  return words.map((word) => [word, hint]);
}
