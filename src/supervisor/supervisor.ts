// The loop: an inbox of requests and facts, one step at a time, a journal entry, then the deeds. Everything that is decided
// is decided in `core`; everything that is done is done by `runs` and `port-desk`; this file introduces them.

import { dirname } from "node:path";
import type { Conflict } from "../core/conflict.ts";
import type { Effect, Entry, Fact, Request } from "../core/event.ts";
import type { Notice } from "../core/notice.ts";
import type { NodeSignal, Service } from "../core/service.ts";
import type { Details, Session } from "../core/session.ts";
import { type Fleet, isActive, newFleet, type Outcome, type Rules } from "../core/state.ts";
import { step } from "../core/step.ts";
import { nextDeadline } from "../core/time.ts";
import { after, now, watchStalls } from "../effects/clock.ts";
import { notifyDirectory } from "../effects/health/notify-directory.ts";
import type { Attachment, Size } from "../effects/processes/audience.ts";
import type { ForkServer } from "../effects/processes/fork-server.ts";
import type { WrittenFiles } from "../effects/state/generated-files.ts";
import type { WrittenByOthers } from "../effects/state/other-instances.ts";
import type { Ports } from "../effects/ports/ports.ts";
import { randomHex } from "../effects/random.ts";
import type { RunRecord, ServiceRecord } from "../effects/state/state.ts";
import type { Assignment } from "../plan/env.ts";
import type { Foreground } from "./foreground.ts";
import { newHandover } from "./handover.ts";
import { type CustodyOptions, newCustody } from "./custody.ts";
import { withoutOwnWords } from "./heard.ts";
import { newJournal } from "./journal.ts";
import { openOutput, type Output } from "./output.ts";
import { newPortDesk } from "./port-desk.ts";
import type { RunContext } from "./prepare.ts";
import { reclaimRuns } from "./reclaim.ts";
import { recordServices } from "./record.ts";
import { newRuns } from "./runs.ts";

/** A timer that fires later than this is late, in milliseconds, and what is granted then. */
const tolerated = 200;
const grace = 250;

/** Entries that a face sees of what was before it came. */
const past = 500;

/** An answer to the conflicts of one service. */
export type Answer = Omit<Extract<Request, { type: "resolve" }>, "type" | "service">;

/** What a run is made of. */
export interface SupervisorOptions {
  /** The services that this run is about. */
  readonly services: readonly Service[];
  readonly rules: Rules;
  readonly context: Omit<RunContext, "identityKey">;
  readonly ports: Ports;
  /** Where the services' logs go. */
  readonly logs: string;
  readonly written: WrittenFiles;
  /** What other instances of the project have written; not given: nothing. */
  readonly writtenByOthers?: WrittenByOthers;
  /** What is known beforehand of what our services start. */
  readonly custody: Omit<CustodyOptions, "report">;
  /** Who starts services in our place; undefined: nobody. */
  readonly forks?: ForkServer;
  /** The state directory while the services are to outlive this process; undefined: they are not. */
  readonly lasting?: () => string | undefined;
  /** The ports that services outside this run have, as far as they are known. */
  readonly elsewhere: Assignment;
  /** Called when ports are contested; undefined leaves the service blocked until someone requests `resolve`. */
  readonly answer: (
    service: Service,
    conflicts: readonly Conflict[],
    signal: AbortSignal,
  ) => Promise<Answer | undefined>;
}

/** The engine: a session with its output, until nothing lives any more. */
export interface Supervisor extends Session, AsyncDisposable {
  readonly output: Output;
  /** Called for every entry, in order, before anything is done about it. */
  subscribe(reader: (entry: Entry) => void): Disposable;
  /** The latest entries, oldest first, at most 500. */
  past(): readonly Entry[];
  /** What the service's latest run was started with; undefined before the first. */
  details(service: string): Details | undefined;
  /** Sends a signal to the group of the service's run; false when nothing of it runs. */
  signal(service: string, signal: NodeSignal): boolean;
  /** Resolves with the outcome once everything has ended. */
  readonly ended: Promise<Outcome>;
  /** Joins the terminal of a service with `tty: true`, or says why that cannot be. */
  attach(service: string, size: Size): Attachment | string;
  /** What is to be written down of the services. */
  records(): Readonly<Record<string, ServiceRecord>>;
  /** Takes over what an engine that died had, before anything else is asked. */
  reclaim(run: RunRecord): Promise<void>;
  /** A command is about to run beside the services, in our own process group; `onQuit` hears whoever asks for the run's end. */
  foreground(onQuit: (request: QuitRequest) => void): Foreground;
  /** Says something that changes nothing. */
  say(notice: Notice): void;
  /** SIGKILL to every live group, now and without the rules: for an end that cannot wait. */
  abandon(): void;
}

/** Somebody's wish that the run ends. */
export type QuitRequest = Extract<Request, { readonly type: "quit" }>;

/** Opens a supervisor that runs nothing until it is asked to. */
export function openSupervisor(options: SupervisorOptions): Supervisor {
  const { services, ports, written, writtenByOthers, elsewhere, answer } = options;
  const byName = new Map(services.map((service) => [service.name, service]));
  const keys = new Map<string, string>();
  const processEnv = withoutOwnWords(options.context.processEnv);
  const context: RunContext = { ...options.context, processEnv, identityKey: (service) => keyOf(keys, service) };
  const journal = newJournal(Date.now);
  const output = openOutput({
    directory: options.logs,
    policy: (name) => byName.get(name)?.logs ?? { maxSize: Number.POSITIVE_INFINITY, keep: 0 },
    notice: (notice) => send({ type: "noticed", notice }),
    halt: (name) => runs.halt(name),
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>();
  const asking = new AbortController();

  let onQuit: ((request: QuitRequest) => void) | undefined;
  let fleet: Fleet = newFleet(services, options.rules);
  let timer: Disposable | undefined;
  const inbox: (Request | Fact)[] = [];
  let busy = false;

  const send = (message: Request | Fact): void => {
    inbox.push(message);
    if (busy) return;
    busy = true;
    for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) take(next);
    busy = false;
    armTimer();
  };

  const take = (message: Request | Fact): void => {
    const before = fleet;
    const event = { ...message, at: now(), random: Math.random() };
    const { fleet: next, effects } = step(fleet, event);
    fleet = next;
    if (changesPorts(message)) known = undefined;
    journal.append(event, before, fleet);
    // Once the run is ending nobody is asked any more.
    if (fleet.outcome !== undefined) asking.abort();
    if (message.type === "quit") hearQuit(message);
    for (const effect of effects) perform(effect);
    for (const [name, member] of Object.entries(fleet.members)) {
      const old = before.members[name];
      if (old !== undefined && isActive(old.state) && !isActive(member.state)) {
        runs.forget(name, member.state.status === "backoff");
      }
    }
    if (message.type === "claimed" && message.moves.length > 0) void runs.rewriteFiles();
  };

  const hearQuit = (request: QuitRequest): void => {
    if (request.force) custody.hurry();
    onQuit?.(request);
  };

  const armTimer = (): void => {
    timer?.[Symbol.dispose]();
    timer = undefined;
    const deadline = nextDeadline(fleet);
    if (deadline !== undefined) timer = after(Math.max(0, deadline - now()), () => wake(deadline));
  };

  /** A timer that fires late says that we were stopped or busy, not that a service was slow: what is due is heard first. */
  const wake = (deadline: number): void => {
    if (now() - deadline <= tolerated) return send({ type: "woke" });
    timer = after(grace, () => send({ type: "woke" }));
  };

  // One value for as long as no port changes hands: what is made of it (`exportsOf`) is then made once for all.
  let known: Assignment | undefined;
  const assigned = (): Assignment => (known ??= assignedNow());

  const assignedNow = (): Assignment => {
    const adopted = Object.values(fleet.members).filter((member) => member.adopted);
    return {
      ...elsewhere,
      ...ports.assigned,
      ...Object.fromEntries(adopted.map((member) => [member.service.name, member.ports])),
    };
  };

  const { lasting } = options;
  const custody = newCustody({ ...options.custody, report: send });
  const handover = newHandover({
    directory: notifyDirectory(dirname(options.logs)),
    ports,
    tag: custody.ownTag,
    report: send,
  });
  const around = { context, ports, output, written, writtenByOthers, handover, assigned, report: send };
  const stalls = watchStalls((ms) => send({ type: "noticed", notice: { kind: "stalled", for: ms } }));
  const runs = newRuns({ ...around, custody, forks: options.forks, ...(lasting === undefined ? {} : { lasting }) });
  const desk = newPortDesk(ports, send);

  const formerTags = new Map<string, string | undefined>();
  const tagOf = (service: string, run: number): string | undefined =>
    formerTags.get(`${service} ${run}`) ?? custody.tag(service, run);

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case "claim":
        return desk.claim(effect.services.flatMap((name) => byName.get(name) ?? []));
      case "settle":
        return withService(effect.service, (service) => desk.settle(service, effect.choice, effect.conflicts));
      case "unwait":
        return desk.unwait(effect.service);
      case "ask":
        return withService(effect.service, (service) => void ask(service, effect.conflicts));
      case "start":
        return withService(effect.service, (service) => runs.start(service, effect.run, isWatched(service)));
      case "watch":
        return runs.watch(effect.service, effect.run);
      case "monitor":
        return runs.monitor(effect.service, effect.run);
      case "stop":
        return runs.stop(effect.service, effect.run, effect.abort);
      case "kill":
        return runs.kill(effect.service, effect.run);
      case "end":
        // Nobody says anything any more, and the sweep is to find none of ours.
        handover[Symbol.dispose]();
        return void custody.finish().then(() => end(effect.outcome));
    }
  };

  const withService = (name: string, act: (service: Service) => void): void => {
    const service = byName.get(name);
    if (service !== undefined) act(service);
  };

  const isWatched = (service: Service): boolean =>
    service.type === "external" || fleet.members[service.name]?.adopted === true;

  const ask = async (service: Service, conflicts: readonly Conflict[]): Promise<void> => {
    if (asking.signal.aborted) return;
    const given = await answer(service, conflicts, asking.signal);
    if (given !== undefined) return send({ type: "resolve", service: service.name, ...given });
    // A person at a face is asked; whoever is in the way may leave before they answer.
    const isAsked = (): boolean => {
      const state = fleet.members[service.name]?.state;
      return state?.status === "blocked" && state.conflicts === conflicts && state.answer === undefined;
    };
    if (!conflicts.every(({ choices }) => choices.includes("wait"))) return;
    if (!(await desk.left(service, conflicts, isAsked, asking.signal).catch(() => false))) return;
    const because = "nobody is on the port any more";
    send({ type: "resolve", service: service.name, choice: "wait", because, restartUsers: false });
  };

  return {
    snapshot: () => fleet,
    entries: (from) => journal.read(from),
    request: send,
    subscribe: (reader) => journal.subscribe(reader),
    past: () => journal.latest(past),
    details: (service) => runs.details(service),
    signal: (service, signal) => runs.signal(service, signal),
    output,
    ended,
    attach(name, size) {
      if (byName.get(name) === undefined) return `there is no service ${name} in this run`;
      const terminal = runs.terminal(name);
      if (terminal !== undefined) return terminal.attach(size);
      if (byName.get(name)?.tty !== true) return `${name} has no terminal of its own: give it \`tty: true\``;
      return `${name} is not running`;
    },
    records: () => recordServices(fleet, { lives: runs.lives, tagOf, sessionFrom: output.start }),
    reclaim(run) {
      for (const [name, record] of Object.entries(run.services)) formerTags.set(`${name} ${record.run}`, record.tag);
      return reclaimRuns(services, run, { ...around, runs });
    },
    foreground(heard) {
      onQuit = heard;
      return custody.foreground();
    },
    say: (notice) => send({ type: "noticed", notice }),
    abandon() {
      custody.hurry();
      runs.abandon();
    },
    async [Symbol.asyncDispose]() {
      timer?.[Symbol.dispose]();
      stalls[Symbol.dispose]();
      await runs.settled();
      handover[Symbol.dispose]();
      await output[Symbol.asyncDispose]();
      await ports[Symbol.asyncDispose]();
    },
  };
}

/** True for news after which a service may have other ports than before. */
function changesPorts({ type }: Request | Fact): boolean {
  return type === "claimed" || type === "conflict" || type === "adopted" || type === "lost";
}

/** One secret a service, the same for all its runs. */
function keyOf(keys: Map<string, string>, service: string): string {
  const known = keys.get(service) ?? randomHex(32);
  keys.set(service, known);
  return known;
}
