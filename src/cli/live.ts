// A run with everything around it: engine, face, questions, signals, report, and the socket by which other faces come.
// What `up`, `run` and the engine of a dashboard have in common.

import { printError } from "./print.ts";
import type { Duplex } from "node:stream";
import { type ControlServer, serveControl } from "../control/server.ts";
import type { Conflict } from "../core/conflict.ts";
import type { Entry } from "../core/event.ts";
import type { Project, Service } from "../core/service.ts";
import { exitCodeOf, type Outcome, type Rules } from "../core/state.ts";
import type { Answer, Supervisor } from "../supervisor/supervisor.ts";
import { answerByPolicy, isLasting } from "./answers.ts";
import { now } from "../effects/clock.ts";
import { bug } from "./exit-codes.ts";
import { durationOf } from "./duration.ts";
import { type Engine, openEngine } from "./engine.ts";
import type { Face } from "./face.ts";
import type { HeadStart } from "./head-start.ts";
import type { GlobalArgs, StartArgs } from "./options.ts";
import type { Chosen } from "./project.ts";
import { newReporter, writeReport } from "./report.ts";
import type { Prompt } from "./prompt.ts";
import { servedRun } from "./served.ts";
import { onSignals } from "./signals.ts";

/** What differs between the commands that run services. */
export interface LiveOptions extends Pick<
  Rules,
  "restarts" | "onFailure" | "endWhenSettled" | "endWhenCompleted" | "patient"
> {
  /** True: the person at this terminal answers conflicts. */
  readonly interactive: boolean;
  readonly headStart: HeadStart;
  /** Until when everything must be up; not given: what the command line says, or no limit. */
  readonly timeout?: string;
  /** The services beyond the chosen ones that somebody may start later. */
  readonly others?: readonly Service[];
  /** What is to happen to the services should this process be killed. */
  readonly onDeath?: "end" | "reclaim";
  /** Goes on with the run of an engine that died; called once all of it is in our hands. */
  readonly reclaim?: () => void;
  /** The command that goes on with the run in our place, where one may. */
  readonly successor?: readonly string[];
  /** What launch ends with when that is more than the outcome says, such as a command's own code; for the report. */
  readonly exitCode?: (outcome: Outcome) => number;
  /** The connection to the face that started this run, and that ends it by going away. */
  readonly lifeline?: {
    readonly stream: Duplex;
    /** A person is there to answer conflicts. */
    readonly watching: boolean;
  };
}

/** A run that is going. */
export interface Live extends AsyncDisposable {
  readonly supervisor: Supervisor;
  /** Resolves once nothing lives any more and the report is written. */
  readonly ended: Promise<Outcome>;
}

/** From the third Ctrl-C until we are gone, whatever there is still to say, in milliseconds. */
const lastMoment = 300;
/** The exit code where it is not known how the run would have ended. */
const interrupted = 130;

/** No start says more than this, in bytes. */
const muchOutput = 1024 * 1024;

/** Opens the run; nothing is started yet. */
export async function openLive(
  chosen: Chosen,
  args: GlobalArgs & StartArgs,
  face: Face,
  options: LiveOptions,
): Promise<Live> {
  const { project, services } = chosen;
  const { interactive, patient, timeout = args.timeout } = options;
  const limit = timeout === undefined ? {} : { upBy: now() + durationOf("--timeout", timeout) };

  let engine: Engine | undefined;
  let control: ControlServer | undefined;
  let watched = options.lifeline?.watching ?? false;
  const answer = async (
    service: Service,
    conflicts: readonly Conflict[],
    signal: AbortSignal,
  ): Promise<Answer | undefined> => {
    // A face that is attached sees the conflict, and its person answers in a request of their own.
    if (args.onConflict === undefined && !interactive && (watched || (control?.watchers ?? 0) > 0)) return undefined;
    const given =
      interactive && args.onConflict === undefined
        ? await askPerson(service, conflicts, signal)
        : answerByPolicy(service, conflicts, policy);
    if (given !== undefined && "remember" in given && given.remember === true) engine?.remember(service.name);
    return given;
  };
  const policy = {
    strictPorts: args.strictPorts,
    ...(args.onConflict === undefined ? {} : { onConflict: args.onConflict }),
  };
  const askPerson = async (
    service: Service,
    conflicts: readonly Conflict[],
    signal: AbortSignal,
  ): Promise<Answer | undefined> => {
    const { newPrompt } = await import("./prompt.ts");
    prompt ??= newPrompt(face.writer, face.style, supervisor.snapshot, () => signals.receive("SIGINT"));
    return prompt.ask(service, conflicts, signal);
  };
  let prompt: Prompt | undefined;

  engine = await openEngine({
    project,
    services: [...services, ...(options.others ?? [])].toSorted(inManifestOrder(project)),
    instance: args.instance,
    rules: {
      ...limit,
      patient,
      restarts: options.restarts,
      onFailure: options.onFailure,
      endWhenSettled: options.endWhenSettled,
      ...(options.endWhenCompleted && { endWhenCompleted: true }),
    },
    strictPorts: args.strictPorts,
    colors: face.colors,
    forks: options.headStart.forks,
    onArrived: options.headStart.over,
    onDeath: options.onDeath ?? "end",
    reclaim: options.reclaim !== undefined,
    ...(options.successor !== undefined && { successor: options.successor }),
    answer,
  });
  const { supervisor } = engine;
  const reporter = newReporter(project.name);
  supervisor.subscribe((entry) => {
    reporter.onEntry(entry);
    for (const service of movedForGood(entry)) engine.remember(service);
    face.printer.onEntry(entry, supervisor.snapshot());
  });
  const reading = supervisor.output.subscribe(face.printer.onLines);
  // Who writes much is read by the code that V8 has put off to optimize.
  let bytesRead = 0;
  const flood = supervisor.output.subscribe((_, { bytes }) => {
    bytesRead += bytes.length;
    if (bytesRead < muchOutput) return;
    options.headStart.over();
    flood[Symbol.dispose]();
  });
  // Before anybody can ask for an end that would not know what there is to end.
  await engine.begin();

  const signals = onSignals((signal, count) => {
    if (count === 1 && !args.json) {
      face.writer.sayNow(
        signal === "SIGINT" ? "\nstopping; Ctrl-C again to kill what is left\n" : `\nstopping, because of ${signal}\n`,
      );
    }
    supervisor.request({ type: "quit", by: signal, force: count > 1 });
    if (count > 2) goNow();
  });
  // Whatever cannot be ended at once is left to the guard.
  const goNow = (): void => {
    supervisor.abandon();
    const { outcome } = supervisor.snapshot();
    // By the system's clock: ours stands still where the loop is slow.
    const codeOf = options.exitCode ?? exitCodeOf;
    setTimeout(() => process.exit(outcome === undefined ? interrupted : codeOf(outcome)), lastMoment);
  };
  // A bug of ours must not leave services behind.
  const onBug = (error: unknown): void => {
    supervisor.abandon();
    printError(
      `launch has a bug; every service was killed. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(bug);
  };
  process.on("uncaughtException", onBug);
  engine.lastly(() => control?.withdraw());
  control = await serveControl(
    engine.socketDirectory,
    servedRun(chosen, args, engine, {
      detach() {
        watched = false;
        engine.outlive();
      },
      onLifelineLost: () => {
        watched = false;
        // Its person has asked for the end three times, or would have.
        if (supervisor.snapshot().hurried) return goNow();
        supervisor.request({ type: "quit", by: "SIGHUP", force: false });
      },
    }),
  );
  if (control.problem !== undefined && !args.json) {
    face.writer.say(`${face.style.warn("warning:")} ${control.problem}\n`);
  }
  if (options.lifeline !== undefined) {
    control.accept(options.lifeline.stream, { lifeline: true });
    options.lifeline.stream.resume();
  }
  if (options.reclaim !== undefined) {
    options.reclaim();
    engine.outlive();
  }
  face.onGone = () => supervisor.request({ type: "quit", by: "SIGHUP", force: false });

  const finish = async (): Promise<Outcome> => {
    const outcome = await supervisor.ended;
    const report = reporter.finish(outcome, supervisor.snapshot(), supervisor.output, options.exitCode?.(outcome));
    // The run's own exit code is worth more than the report: what goes wrong here is only said.
    if (args.report !== undefined) await writeReport(args.report, report, project.root).catch(sayUnwritten);
    return outcome;
  };

  return {
    supervisor,
    ended: finish(),
    async [Symbol.asyncDispose]() {
      prompt?.[Symbol.dispose]();
      process.off("uncaughtException", onBug);
      reading[Symbol.dispose]();
      await engine[Symbol.asyncDispose]();
      // Last of all: whoever is told that the run is over may begin the next one.
      await control[Symbol.asyncDispose]();
      signals[Symbol.dispose]();
    },
  };
}

/** The services that were told to move away from somebody who will be there again, by whatever face. */
function movedForGood({ event, changes }: Entry): readonly string[] {
  if (event.type !== "resolve" || event.choice !== "next") return [];
  return changes.flatMap(({ before: { service, state } }) =>
    state.status === "blocked" && isLasting(state.conflicts) ? service.name : [],
  );
}

function inManifestOrder(project: Project): (a: Service, b: Service) => number {
  const order = new Map(project.services.map(({ name }, index) => [name, index]));
  return (a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0);
}

function sayUnwritten(error: unknown): void {
  printError(`the report could not be written: ${error instanceof Error ? error.message : String(error)}\n`);
}
