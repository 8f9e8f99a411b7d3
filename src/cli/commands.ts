// Every command by name, words and options; a command's file is loaded when it is used.

import type { Options } from "yargs";
import {
  availableOptions,
  envOptions,
  faceOptions,
  graphOptions,
  killOptions,
  logsOptions,
  portsOptions,
  restartOptions,
  runOptions,
  selectionOptions,
  startServiceOptions,
  stopServiceOptions,
  upOptions,
} from "./options.ts";

/** What a command's file exports. `run` answers the exit code. */
export interface CommandModule {
  run(args: never): Promise<number>;
}

/** A command, under the words that call it. */
export interface Command {
  /** The first word, or `$0` where none is needed, and its arguments in order: `[one]`, `[any..]`, `<needed>`. */
  readonly usage: readonly string[];
  readonly description: string;
  readonly options: Readonly<Record<string, Options>>;
  /** True: what stands behind `--` is a command for it. */
  readonly takesCommand?: true;
  /** True: an empty argument says something. */
  readonly mayBeEmpty?: true;
  load(): Promise<CommandModule>;
}

/** Every command. */
export const commands: readonly Command[] = [
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
    usage: ["start [service..]"],
    description: "start services of the run that is going here, and what they need",
    options: startServiceOptions,
    load: () => import("./start.ts"),
  },
  {
    usage: ["stop [service..]"],
    description: "stop services of the run that is going here; the others go on",
    options: stopServiceOptions,
    load: () => import("./stop.ts"),
  },
  {
    usage: ["restart [service..]"],
    description: "stop and start services of the run that is going here",
    options: restartOptions,
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
    mayBeEmpty: true,
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
    takesCommand: true,
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

/** The word that a command is called by. */
export function nameOf({ usage }: Command): string {
  return usage.at(-1)?.split(" ", 1)[0] ?? "";
}

/** The words that call a command; none for the one that needs none. */
export function wordsOf({ usage }: Command): readonly string[] {
  return usage.map((one) => one.split(" ", 1)[0] ?? "").filter((word) => word !== "$0");
}
