// The command line: yargs knows the commands by name and words alone; a command's file is loaded when it is used.

import type { ChildProcess } from "node:child_process";
import yargs, { type Argv, type Options } from "yargs";
import {
  askOptions,
  availableOptions,
  envOptions,
  faceOptions,
  globalOptions,
  graphOptions,
  killOptions,
  logsOptions,
  portsOptions,
  runOptions,
  selectionOptions,
  startServiceOptions,
  upOptions,
} from "./options.ts";
import { RunError, UnreachableError, UsageError } from "./usage-error.ts";
import { nearest } from "../manifest/suggest.ts";
import { offerEngine } from "./engine-process.ts";
import { launchFailed, unreachable } from "./exit-codes.ts";
import { withFollow } from "./logs/arguments.ts";
import { VERSION } from "./version.ts";

/** What a command's file exports. `run` answers the exit code. */
interface CommandModule {
  run(args: never): Promise<number>;
}

interface Command {
  readonly usage: readonly string[];
  readonly description: string;
  readonly options: Readonly<Record<string, Options>>;
  load(): Promise<CommandModule>;
}

const commands: readonly Command[] = [
  {
    usage: ["$0 [service..]", "up [service..]"],
    description: "start services and what they need, and stay with them",
    options: upOptions,
    load: () => import("./up.ts"),
  },
  {
    usage: ["attach [service]"],
    description: "show the run that is going here, or join a service's own terminal (tty: true)",
    options: faceOptions,
    load: () => import("./attach.ts"),
  },
  {
    usage: ["status [service..]"],
    description: "print how the run that is going here stands",
    options: {},
    load: () => import("./status.ts"),
  },
  {
    usage: ["start <service..>"],
    description: "start services of the run that is going here, and what they need",
    options: startServiceOptions,
    load: () => import("./start.ts"),
  },
  {
    usage: ["stop <service..>"],
    description: "stop services of the run that is going here; the others go on",
    options: askOptions,
    load: () => import("./stop.ts"),
  },
  {
    usage: ["restart <service..>"],
    description: "stop and start services of the run that is going here",
    options: askOptions,
    load: () => import("./restart.ts"),
  },
  {
    usage: ["why <service..>"],
    description: "say why a service is as it is, down to the cause",
    options: {},
    load: () => import("./why.ts"),
  },
  {
    usage: ["logs [service..]"],
    description: "print what services have written, also when nothing runs",
    options: logsOptions,
    load: () => import("./logs.ts"),
  },
  {
    usage: ["notify <word> [text..]"],
    description: "say from inside a service that it is ready, lives, or what it is doing",
    options: {},
    load: () => import("./notify.ts"),
  },
  {
    usage: ["down"],
    description: "stop the run that is going here",
    options: {},
    load: () => import("./down.ts"),
  },
  {
    usage: ["run [service..]"],
    description: "start services, run a command once they are ready, stop them",
    options: runOptions,
    load: () => import("./run.ts"),
  },
  {
    usage: ["graph [service..]"],
    description: "show who needs whom",
    options: graphOptions,
    load: () => import("./graph.ts"),
  },
  {
    usage: ["env [service..]"],
    description: "print the exported ports and URLs for a shell",
    options: envOptions,
    load: () => import("./env.ts"),
  },
  {
    usage: ["conflicts [service..]"],
    description: "show which wanted ports are taken, and by whom",
    options: selectionOptions,
    load: () => import("./conflicts.ts"),
  },
  {
    usage: ["ports"],
    description: "print the services' ports: wanted, now, and remembered",
    options: portsOptions,
    load: () => import("./ports.ts"),
  },
  {
    usage: ["available [port]"],
    description: "print a free port: the given one, or the next above it",
    options: availableOptions,
    load: () => import("./available.ts"),
  },
  {
    usage: ["kill <target>"],
    description: "end whatever listens on :PORT, or on a service's port",
    options: killOptions,
    load: () => import("./kill.ts"),
  },
  {
    usage: ["schema"],
    description: "print the JSON schema of services.yaml",
    options: {},
    load: () => import("./schema.ts"),
  },
];

const examples: readonly (readonly [string, string])[] = [
  ["$0", "start everything in services.yaml"],
  ["$0 api worker", "start these two and what they need"],
  ["$0 -d --wait", "in the background; return once all is ready"],
  ["$0 --check-only", "say whether it would start, and start nothing"],
  ["$0 --non-interactive --report run.xml", "as in CI: never ask, end with an honest exit code"],
  ["$0 run -- npm test", "start all, run the tests once all is ready, stop all"],
  ["$0 logs api -f", "what api writes, from its last 100 lines on"],
  ["$0 kill :3000", "end whatever listens on port 3000"],
];

const epilogue = `Exit codes
  0    all as asked
  1    a service failed, or a command is missing (--check-only)
  2    the command line or the manifest is wrong; nothing was started
  3    a port conflict was left unresolved
  4    nothing of this project runs here, or it does not answer (status, attach, restart …)
  5    not everything was ready within --timeout
  130  ended by Ctrl-C before everything was up (143: by SIGTERM, 129: by SIGHUP)
  run ends with its command's code, 126 or 127 when that cannot be run, 125 when the services did not come up

Files
  services.yaml            what to start (see docs/manifest.md, launch schema)
  services.override.yaml   merged over it; for what is yours alone
  .launch/                 logs, remembered ports; safe to delete while nothing runs`;

/**
 * Parses and runs; answers the exit code. Never throws for what a user typed. `engine` is a process that waits to be the
 * engine; it is ended when the command needs none.
 */
export async function runCommandLine(args: readonly string[], engine?: ChildProcess): Promise<number> {
  offerEngine(engine);
  let code = 0;
  const cli = yargs()
    .scriptName("launch")
    .usage(
      "$0 [service..]\n\nStarts the services of services.yaml in order, with ports that are free, and leaves nothing behind.",
    )
    // A service may be called 0, and what is a number says so itself.
    .parserConfiguration({ "populate--": true, "parse-numbers": false, "parse-positional-numbers": false })
    .options(globalOptions)
    .strict()
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .help("help", "show this help")
    .alias("help", "h")
    .version("version", "show the version", VERSION)
    .alias("version", "V")
    .updateStrings({ "Positionals:": "Arguments" })
    .epilogue(epilogue)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error ?? new UsageError(message);
    });
  for (const [command, description] of examples) cli.example(command, description);
  for (const command of commands) register(cli, command, (answered) => (code = answered));
  try {
    // With a callback yargs hands over what it would print, such as the help.
    await cli.parseAsync(withFollow(args), {}, (_error, _args, output) => {
      if (output !== "") process.stdout.write(`${output}\n`);
    });
    return code;
  } catch (error) {
    if (!isUsageError(error) && !(error instanceof RunError || error instanceof UnreachableError)) throw error;
    const more = isUsageError(error) ? `${suggestion(error.message)}See launch --help.\n` : "";
    process.stderr.write(`${error.message}\n${more}`);
    return error instanceof UnreachableError ? unreachable : failureOf(args);
  }
}

/** `run` ends with its command's codes, so its own failure has one that commands do not use. */
function failureOf(args: readonly string[]): number {
  return args.find((arg) => !arg.startsWith("-")) === "run" ? launchFailed : 2;
}

/** The option that was meant, for yargs' words about one that it does not know. */
function suggestion(message: string): string {
  const [, word = ""] = /^Unknown arguments?: ([\w-]+)/.exec(message) ?? [];
  const known = [globalOptions, ...commands.map(({ options }) => options)].flatMap((options) => Object.keys(options));
  const meant = word === "" ? undefined : nearest(word, known);
  return meant === undefined ? "" : `Did you mean --${meant}? `;
}

/** Ours, or one of yargs' own, which it throws past its `fail` handler at times. */
function isUsageError(error: unknown): error is Error {
  return error instanceof UsageError || (error instanceof Error && error.name === "YError");
}

function register(cli: Argv, { usage, description, options, load }: Command, answer: (code: number) => void): void {
  cli.command({
    command: usage,
    describe: description,
    builder: options,
    handler: async (args: unknown) => {
      const command = await load();
      answer(await command.run(args as never));
    },
  });
}
