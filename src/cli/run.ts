// `launch run [SVC…] -- CMD…`: starts services, runs CMD once they are ready, stops everything, and ends with CMD's code.

import { printError } from "./print.ts";
import { constants } from "node:os";
import { resolve } from "node:path";
import { describe, describeMillis } from "../core/failure.ts";
import type { EndingSignal } from "../core/ending-signals.ts";
import { exitCodeOf, type Fleet, type Outcome } from "../core/state.ts";
import { readTree, signalProcess, signalTree } from "../effects/processes/signal.ts";
import { findFault, shellFault } from "../effects/processes/fault.ts";
import { inheritance } from "../effects/processes/inheritance.ts";
import { wrap } from "../effects/processes/wrapper.ts";
import { after } from "../effects/clock.ts";
import { exportsOf } from "../plan/env.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { launchFailed } from "./exit-codes.ts";
import { openFace } from "./face.ts";
import { openHeadStart } from "./head-start.ts";
import { sayLastLines } from "./last-lines.ts";
import { openLive } from "./live.ts";
import type { GlobalArgs, SelectionArgs, StartArgs } from "./options.ts";
import { type Chosen, chooseServices } from "./project.ts";
import { claimSignals } from "./signals.ts";
import { checkStartOptions, defaultTimeout } from "./start-options.ts";
import { UsageError } from "./usage-error.ts";

/** What `launch run` is given: everything behind `--` is the command. */
export type RunArgs = GlobalArgs & SelectionArgs & StartArgs & { readonly "--"?: readonly (string | number)[] };

/** Lines shown of each service that failed. */
const lastLines = 50;

/** The exit code for a command that is left to the guard, which kills it. */
const killed = 137;

/** From the first signal until the command is killed, in milliseconds. */
const graceOfCommand = 10_000;

/** CMD's own code; 126 and 127 as a shell gives them; 125 when launch could not get everything ready. */
export async function run(args: RunArgs): Promise<number> {
  const command = (args["--"] ?? []).map(String);
  if (command.length === 0) throw new UsageError("launch run needs a command: launch run [services..] -- CMD ARGS...");
  await using headStart = openHeadStart();
  const chosen = await chooseServices(args);
  if (chosen === undefined) return launchFailed;
  checkStartOptions(args);
  const missing = commandFault(command, args);
  if (missing !== undefined) return missing;

  // CMD owns stdout: what launch has to say goes to stderr, and the services' lines to their logs.
  const face = openFace(
    chosen,
    { ...args, quiet: true, json: false },
    { interactive: false, output: process.stderr, hint: "" },
  );
  let code: number | undefined;
  let isCommandRunning = false;
  await using live = await openLive(chosen, { ...args, nonInteractive: true }, face, {
    interactive: false,
    patient: false,
    timeout: args.timeout ?? defaultTimeout,
    headStart,
    restarts: false,
    onFailure: args.onFailure ?? "stop",
    endWhenSettled: false,
    exitCode: (outcome) => code ?? (isCommandRunning ? killed : codeWithoutCommand(outcome)),
  });
  const { supervisor } = live;
  const settled = whenSettled(supervisor);
  supervisor.request({ type: "up", services: chosen.services.map((service) => service.name) });
  const first = await Promise.race([settled, live.ended]);
  if (first !== "up") {
    if (first === "not up") supervisor.request({ type: "quit", by: "request", force: false });
    const outcome = await live.ended;
    sayLastLines(face, supervisor, outcome, lastLines);
    await face.conclude(outcome, supervisor.snapshot());
    return first === "not up" ? launchFailed : codeWithoutCommand(outcome);
  }

  isCommandRunning = true;
  code = await runToEnd(command, chosen, supervisor, args);
  supervisor.request({ type: "quit", by: "request", force: false });
  const outcome = await live.ended;
  if (outcome.kind !== "interrupted" && outcome.kind !== "done") sayLastLines(face, supervisor, outcome, lastLines);
  await face.writer.flush(2000);
  return code;
}

/** What a run ends with that did not come to its command. */
function codeWithoutCommand(outcome: Outcome): number {
  return outcome.kind === "interrupted" ? exitCodeOf(outcome) : launchFailed;
}

/** Resolves when all are up, or when nothing more can come up of those that are not. */
function whenSettled(supervisor: Supervisor): Promise<"up" | "not up"> {
  return new Promise((resolvePromise) => {
    supervisor.subscribe(() => {
      const { wasUp, arrived } = supervisor.snapshot();
      if (wasUp || arrived) resolvePromise(wasUp ? "up" : "not up");
    });
  });
}

/** Runs CMD in the foreground with the exported names; a service that fails meanwhile does not end it. */
async function runToEnd(
  command: readonly string[],
  { project, services }: Chosen,
  supervisor: Supervisor,
  args: RunArgs,
): Promise<number> {
  const { execa } = await import("execa");
  let pid: number | undefined;
  let grace: Disposable | undefined;
  // A signal to launch is one such request, `launch down` another.
  const foreground = supervisor.foreground(({ by, force }) => {
    if (pid === undefined) return;
    if (force) return foreground.kill(pid);
    if (grace !== undefined) return;
    const signal = by === "request" ? "SIGTERM" : by;
    passOn(signal, pid);
    const leader = pid;
    grace = after(graceOfCommand, () => {
      printError(`the command had not ended ${describeMillis(graceOfCommand)} after ${signal}, and was killed\n`);
      foreground.kill(leader);
    });
  });
  const cwd = resolve(args.directory ?? ".");
  const env = {
    ...process.env,
    ...exportsOf(services, assignmentOf(supervisor.snapshot())),
    LAUNCH_PROJECT: project.name,
    LAUNCH_INSTANCE: args.instance,
    ...foreground.env,
  };
  const running = execa(...wordsOf(command, foreground.tag, cwd, env), {
    cwd,
    env,
    extendEnv: false,
    stdio: "inherit",
    reject: false,
    cleanup: true,
  });
  pid = running.pid;
  // What these mean is the command's affair; a terminal sends SIGQUIT to both.
  using _claims = claimSignals(["SIGUSR1", "SIGUSR2", "SIGQUIT"], (signal) => {
    if (pid !== undefined && !(signal === "SIGQUIT" && isAtTerminal())) signalProcess({ pid }, signal);
  });
  try {
    const result = await running;
    const [file = ""] = command;
    if (result.code === "ENOENT") return said(127, `launch run: command not found: ${file}`);
    if (result.code === "EACCES") return said(126, `launch run: not executable: ${file}`);
    if (result.signal !== undefined) return 128 + constants.signals[result.signal];
    return result.exitCode ?? launchFailed;
  } finally {
    pid = undefined;
    grace?.[Symbol.dispose]();
    foreground.over();
  }
}

/** The program to run and its arguments: with a tag a shell that takes it on and then becomes the command. */
function wordsOf(
  command: readonly string[],
  tag: string | undefined,
  cwd: string,
  given: Readonly<Record<string, string | undefined>>,
): [file: string, rest: readonly string[]] {
  const env = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const spec = { command: { args: command }, cwd, env };
  // A script whose interpreter is not there is better told by the system than by a shell.
  const isTold = shellFault(spec, { code: 127, signal: null }) !== undefined;
  const [file = "", ...rest] = wrap(
    spec.command,
    isTold ? {} : { ...inheritance(), ...(tag !== undefined && { tag }) },
    env,
  ).words;
  return [file, rest];
}

/** A terminal signals CMD itself; what was sent to launch alone is passed on. */
function passOn(signal: EndingSignal, pid: number): void {
  if (signal === "SIGINT" && isAtTerminal()) return;
  signalTree(readTree({ pid }), signal);
}

function isAtTerminal(): boolean {
  return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
}

/** A command that cannot be run is said before anything is started for it. */
function commandFault(command: readonly string[], { directory }: RunArgs): number | undefined {
  const env = process.env["PATH"] === undefined ? {} : { PATH: process.env["PATH"] };
  const fault = findFault({ command: { args: command }, cwd: resolve(directory ?? "."), env });
  if (fault === undefined) return undefined;
  return said(fault.kind === "not-executable" ? 126 : 127, `launch run: ${describe(fault)}`);
}

function said(code: number, text: string): number {
  printError(`${text}\n`);
  return code;
}

function assignmentOf(fleet: Fleet): Readonly<Record<string, Readonly<Record<string, number>>>> {
  return Object.fromEntries(Object.entries(fleet.members).map(([name, member]) => [name, member.ports]));
}
