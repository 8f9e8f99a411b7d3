// The command line by yargs: help, and what is wrong with what was typed, in words. It takes 8 ms to get ready, so what is
// understood without it (`parse.ts`) does not come here.

import { print } from "./print.ts";
import yargs, { type Argv } from "yargs";
import type { Command } from "./commands.ts";
import { globalOptions } from "./options.ts";
import { parserConfiguration } from "./parse.ts";
import { refuse } from "./refuse.ts";
import { UsageError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

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

/** Parses, and runs the command of these that is asked for, or prints the help; answers the exit code. Throws for what is wrong. */
export async function runByYargs(args: readonly string[], commands: readonly Command[]): Promise<number> {
  let code = 0;
  const cli = yargs()
    .scriptName("launch")
    .usage(
      "$0 [service..]\n\nStarts the services of services.yaml in order, with ports that are free, and leaves nothing behind.",
    )
    .parserConfiguration(parserConfiguration)
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
  for (const command of commands) register(cli, command, args, (answered) => (code = answered));
  // With a callback yargs hands over what it would print, such as the help.
  await cli.parseAsync([...args], {}, (_error, _args, output) => {
    if (output !== "") print(`${output}\n`);
  });
  return code;
}

function register(cli: Argv, command: Command, typed: readonly string[], answer: (code: number) => void): void {
  cli.command({
    command: command.usage,
    describe: command.description,
    builder: command.options,
    handler: async (args: Readonly<Record<string, unknown>>) => {
      refuse(command, args, typed);
      const loaded = await command.load();
      answer(await loaded.run(args as never));
    },
  });
}
