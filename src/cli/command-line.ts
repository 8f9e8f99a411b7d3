// The command line: yargs knows the commands by name and words alone; a command's file is loaded when it is used.

import yargs, { type Argv, type Options } from "yargs";
import { globalOptions } from "./options.ts";
import { UsageError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

/** What a command's file exports. `run` answers the exit code. */
interface CommandModule {
  readonly options: Readonly<Record<string, Options>>;
  run(args: never): Promise<number>;
}

interface Command {
  readonly usage: string;
  readonly description: string;
  readonly examples?: readonly (readonly [string, string])[];
  load(): Promise<CommandModule>;
}

const commands: readonly Command[] = [
  {
    usage: ["$0 [service..]", "up [service..]"].join("\n"),
    description: "start services and what they need, and stay with them",
    load: () => import("./up.ts"),
  },
  {
    usage: "run [service..]",
    description: "start services, run a command once they are ready, stop them",
    load: () => import("./run.ts"),
  },
  { usage: "graph [service..]", description: "show who needs whom", load: () => import("./graph.ts") },
  { usage: "env", description: "print the exported ports and URLs for a shell", load: () => import("./env.ts") },
  {
    usage: "conflicts",
    description: "show which wanted ports are taken, and by whom",
    load: () => import("./conflicts.ts"),
  },
  {
    usage: "available [port]",
    description: "print a free port, the given one or the next above it",
    load: () => import("./available.ts"),
  },
  {
    usage: "kill <target>",
    description: "end whatever listens on :PORT, or a service's port",
    load: () => import("./kill.ts"),
  },
  { usage: "schema", description: "print the JSON schema of services.yaml", load: () => import("./schema.ts") },
];

const examples: readonly (readonly [string, string])[] = [
  ["$0", "start everything in services.yaml"],
  ["$0 api worker", "start these two and what they need"],
  ["$0 --check-only", "say whether it would start, and start nothing"],
  ["$0 --non-interactive --report run.xml", "as in CI: never ask, end with an honest exit code"],
  ["$0 run -- npm test", "start all, run the tests once all is ready, stop all"],
  ["$0 kill :3000", "end whatever listens on port 3000"],
];

const epilogue = `Exit codes
  0    all as asked
  1    a service failed, or a command is missing (--check-only)
  2    the command line or the manifest is wrong; nothing was started
  3    a port conflict was left unresolved
  5    not everything was ready within --timeout
  130  ended by Ctrl-C before everything was up (143: by SIGTERM)

Files
  services.yaml            what to start (see docs/manifest.md, launch schema)
  services.override.yaml   merged over it; for what is yours alone
  .launch/                 logs, remembered ports; safe to delete while nothing runs`;

/** Parses and runs; answers the exit code. Never throws for what a user typed. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let code = 0;
  const cli = yargs([...args])
    .scriptName("launch")
    .usage(
      "$0 [service..]\n\nStarts the services of services.yaml in order, with ports that are free, and leaves nothing behind.",
    )
    .parserConfiguration({ "populate--": true, "strip-aliased": true, "strip-dashed": true })
    .options(globalOptions)
    .strict()
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .help("help")
    .alias("help", "h")
    .version(VERSION)
    .alias("version", "V")
    .updateStrings({ "Positionals:": "Arguments" })
    .epilogue(epilogue)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error instanceof Error && !(error.name === "YError") ? error : new UsageError(message);
    });
  for (const [command, description] of examples) cli.example(command, description);
  for (const command of commands) register(cli, command, (answered) => (code = answered));
  try {
    await cli.parseAsync();
    return code;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nSee launch --help.\n`);
    return 2;
  }
}

function register(cli: Argv, { usage, description, load }: Command, answer: (code: number) => void): void {
  cli.command({
    command: usage.split("\n"),
    describe: description,
    builder: async (own: Argv) => own.options((await load()).options),
    handler: async (args: unknown) => answer(await (await load()).run(args as never)),
  } as unknown as Parameters<Argv["command"]>[0] as never);
}
