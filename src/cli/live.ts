// A run with everything around it: engine, face, questions, signals, report. What `up` and `run` have in common.

import type { Conflict } from "../core/conflict.ts";
import type { Service } from "../core/service.ts";
import type { Outcome, Rules } from "../core/state.ts";
import type { Answer, Supervisor } from "../supervisor/supervisor.ts";
import { answerByPolicy, isLasting } from "./answers.ts";
import { bug } from "./exit-codes.ts";
import { durationOf } from "./duration.ts";
import { type Engine, openEngine } from "./engine.ts";
import type { Face } from "./face.ts";
import type { GlobalArgs, StartArgs } from "./options.ts";
import type { Chosen } from "./project.ts";
import { newReporter, writeReport } from "./report.ts";
import type { Prompt } from "./prompt.ts";
import { onSignals } from "./signals.ts";

/** What differs between the commands that run services. */
export interface LiveOptions extends Pick<Rules, "restarts" | "onFailure" | "endWhenSettled"> {
  readonly interactive: boolean;
}

/** A run that is going. */
export interface Live extends AsyncDisposable {
  readonly supervisor: Supervisor;
  /** Resolves once nothing lives any more and the report is written. */
  readonly ended: Promise<Outcome>;
}

/** Until when everything must be up where nobody watches. */
const defaultTimeout = "5m";

/** Opens the run; nothing is started yet. */
export async function openLive(
  chosen: Chosen,
  args: GlobalArgs & StartArgs,
  face: Face,
  options: LiveOptions,
): Promise<Live> {
  const { project, services } = chosen;
  const { interactive } = options;
  const timeout = args.timeout ?? (interactive ? undefined : defaultTimeout);
  const limit = timeout === undefined ? {} : { upBy: performance.now() + durationOf("--timeout", timeout) };

  let engine: Engine | undefined;
  const answer = async (
    service: Service,
    conflicts: readonly Conflict[],
    signal: AbortSignal,
  ): Promise<Answer | undefined> => {
    const given =
      interactive && args.onConflict === undefined
        ? await askPerson(service, conflicts, signal)
        : answerByPolicy(service, conflicts, policy);
    if (given?.choice === "next" && (isLasting(conflicts) || ("remember" in given && given.remember === true))) {
      engine?.remember(service.name);
    }
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
    prompt ??= newPrompt(face.writer, face.style, () => signalled("SIGINT"));
    return prompt.ask(service, conflicts, signal);
  };
  let prompt: Prompt | undefined;

  engine = await openEngine({
    project,
    services,
    instance: args.instance,
    rules: {
      ...limit,
      patient: interactive,
      restarts: options.restarts,
      onFailure: options.onFailure,
      endWhenSettled: options.endWhenSettled,
    },
    strictPorts: args.strictPorts,
    colors: face.colors,
    answer,
  });
  const { supervisor } = engine;
  const reporter = newReporter(project.name);
  supervisor.subscribe((entry) => {
    reporter.onEntry(entry);
    face.printer.onEntry(entry, supervisor.snapshot());
  });
  const reading = supervisor.output.subscribe(face.printer.onLines);

  let count = 0;
  const signalled = (signal: "SIGINT" | "SIGTERM" | "SIGHUP"): void => {
    count++;
    if (count === 1 && !args.json) {
      face.writer.sayNow(
        signal === "SIGINT" ? "\nstopping; Ctrl-C again to kill what is left\n" : `\nstopping, because of ${signal}\n`,
      );
    }
    // The third time we go at once, and take whatever is left with us.
    if (count > 2) supervisor.abandon();
    supervisor.request({ type: "quit", by: signal, force: count > 1 });
  };
  const signals = onSignals(signalled);
  // A bug of ours must not leave services behind.
  const onBug = (error: unknown): void => {
    supervisor.abandon();
    process.stderr.write(
      `launch has a bug; every service was killed. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(bug);
  };
  process.on("uncaughtException", onBug);
  face.onGone = () => supervisor.request({ type: "quit", by: "SIGHUP", force: false });

  const finish = async (): Promise<Outcome> => {
    const outcome = await supervisor.ended;
    const report = reporter.finish(outcome, supervisor.snapshot(), supervisor.output);
    // The run's own exit code is worth more than the report: what goes wrong here is only said.
    if (args.report !== undefined) await writeReport(args.report, report).catch(sayUnwritten);
    return outcome;
  };

  return {
    supervisor,
    ended: finish(),
    async [Symbol.asyncDispose]() {
      prompt?.[Symbol.dispose]();
      signals[Symbol.dispose]();
      process.off("uncaughtException", onBug);
      reading[Symbol.dispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}

function sayUnwritten(error: unknown): void {
  process.stderr.write(`the report could not be written: ${error instanceof Error ? error.message : String(error)}\n`);
}
