// What must hold in every run, told from the outside: from events, effects and the machine's own truth, with as
// little of the rules' own reasoning as can be. A law watches one run and says what broke it.

import { inspect } from "node:util";
import { KILL_GRACE } from "../../src/core/drive.ts";
import type { Event } from "../../src/core/event.ts";
import type { Millis, Need } from "../../src/core/service.ts";
import type { Fleet, Member } from "../../src/core/state.ts";
import { exitCodeOf, isActive, isGoingDown, isUp } from "../../src/core/state.ts";
import type { Law } from "./law.ts";
import { ignoresFormerRuns, isDeterministic, leavesNoMove, neverMutates } from "./purity.ts";
import { quitAt } from "./scenario.ts";

/** No required need of what starts is unmet at that moment. */
const startsOnlyWhenNeedsAreMet: Law = () => ({
  onStep: ({ effects, after }) => {
    for (const effect of effects) {
      if (effect.type !== "start") continue;
      const unmet = after.members[effect.service]!.service.needs.find((need) => need.required && !isMet(after, need));
      if (unmet !== undefined) return `${effect.service} started while ${unmet.service} was not ${unmet.condition}`;
    }
    return undefined;
  },
});

/** No two runs of one service live at once, unless it was said that the former did not stop. */
const hasOneLiveRun: Law = () => {
  const unstoppable = new Set<string>();
  return {
    onStep: ({ after, world }) => {
      for (const { service, state } of Object.values(after.members)) {
        if (state.status === "failed" && state.failure.kind === "did-not-stop") unstoppable.add(service.name);
        const runs = world.alive(service.name);
        if (runs.length > 1 && !unstoppable.has(service.name)) {
          return `${service.name} lives as runs ${runs.join(", ")}`;
        }
      }
      return undefined;
    },
  };
};

/** After `quit` everything is over once all graces have passed, and what ended is what lived. */
const endsAfterQuit: Law = ({ services }) => {
  // One after the other at worst: a spawn, a grace and the time that a kill is given.
  const bound = services.reduce((sum, service) => sum + 100 + service.stop.timeout + KILL_GRACE, 0);
  let endedAt: Millis | undefined;
  return {
    onStep: ({ after, event }) => {
      if (after.ended) endedAt ??= event.at;
      return undefined;
    },
    onEnd: ({ fleet }) => {
      const active = Object.values(fleet.members).filter(({ state }) => isActive(state));
      if (!fleet.ended || endedAt === undefined) return `not ended; active: ${names(active)}`;
      if (active.length > 0) return `ended while ${names(active)} was active`;
      return endedAt > quitAt + bound ? `ended only ${endedAt - quitAt} ms after quit` : undefined;
    },
  };
};

/** Nothing is asked of the machine after the end, and nothing changes. */
const isQuietAfterTheEnd: Law = () => ({
  onStep: ({ before, after, effects }) =>
    before.ended && (effects.length > 0 || after !== before)
      ? `asked for ${inspect(effects)} after the end`
      : undefined,
});

/** A service is asked to end only after every dependent that goes down with it has ended. */
const stopsDependentsFirst: Law = () => ({
  onStep: ({ effects, after, world }) => {
    for (const effect of effects) {
      if (effect.type !== "stop") continue;
      const { state } = after.members[effect.service]!;
      // Its own end, its own failure or a stranger on its port wait for nobody.
      if (state.status !== "stopping" || state.after.kind !== "rest") continue;
      const alive = Object.values(after.members).filter(
        (member) =>
          member.service.needs.some((need) => need.service === effect.service) &&
          isGoingDown(member) &&
          isActive(member.state) &&
          world.alive(member.service.name).includes(member.run),
      );
      if (alive.length > 0) return `${effect.service} was stopped while ${names(alive)} lived`;
    }
    return undefined;
  },
});

/** What was asked to end has ended, or is killed once its grace is over, never before. */
const killsAfterTheGrace: Law = () => {
  const graces = new Map<string, Millis>();
  let hurried = false;
  return {
    onStep: ({ event, effects, after }) => {
      // The next engine asks anew, and grants as much time.
      if (event.type === "reclaimed") graces.clear();
      if ((event.type === "exited" && !event.left) || event.type === "swept") graces.delete(key(event));
      if (event.type === "quit" && event.force) {
        hurried = true;
        for (const run of graces.keys()) graces.set(run, event.at);
      }
      if (event.type === "kill") {
        for (const name of event.services) {
          const run = key({ service: name, run: after.members[name]!.run });
          const before = graces.get(run);
          if (before !== undefined) graces.set(run, Math.min(before, event.at + event.grace));
        }
      }
      const until = event.type === "extended" ? graces.get(key(event)) : undefined;
      // Whoever asks for more time in time has it.
      if (event.type === "extended" && until !== undefined && event.at < until) {
        graces.set(key(event), Math.max(until, event.at + event.by));
      }
      for (const effect of effects) {
        if (effect.type === "stop") {
          const own = after.members[effect.service]!.service.stop.timeout;
          const grace = event.type === "kill" && event.services.includes(effect.service) ? event.grace : own;
          graces.set(key(effect), hurried ? event.at : event.at + grace);
        }
        if (effect.type !== "kill") continue;
        const until = graces.get(key(effect));
        if (until === undefined) return `${key(effect)} was killed without being asked to end`;
        if (event.at < until) return `${key(effect)} was killed ${until - event.at} ms before its grace was over`;
        graces.delete(key(effect));
      }
      for (const [run, until] of graces) if (event.at >= until) return `${run} was not killed when its grace was over`;
      return undefined;
    },
  };
};

/** What lives when an engine dies is the next one's, as the run that it was, and is not begun once more. */
const takesBackWhatLives: Law = () => ({
  onStep: ({ event, after, effects, world }) => {
    if (event.type !== "reclaimed") return undefined;
    for (const { service, run, state } of Object.values(after.members)) {
      const former = event.services[service.name]!.run;
      if (!world.alive(service.name).includes(former)) continue;
      if (run !== former || !isActive(state)) return `${service.name} lives as run ${former} and is ${state.status}`;
      if (effects.some((effect) => effect.type === "start" && effect.service === service.name)) {
        return `${service.name} lives and is started`;
      }
    }
    return undefined;
  },
});

/** Restarts within the window stay within the limit, unless someone helps. */
const boundsRestarts: Law = () => {
  const restarts = new Map<string, readonly Millis[]>();
  return {
    onStep: ({ event, before, after }) => {
      forgetHelped(event, after, (name) => restarts.delete(name));
      for (const member of Object.values(after.members)) {
        const { name, restart } = member.service;
        const known = event.type === "reclaimed" ? event.services[name] : before.members[name];
        if (member.restarts === known?.restarts) continue;
        const recent = [...(restarts.get(name) ?? []), event.at].filter((at) => at > event.at - restart.window);
        if (recent.length > restart.maxRestarts) return `${name} is restarted for the ${recent.length}th time`;
        restarts.set(name, recent);
      }
      return undefined;
    },
  };
};

/** What ended by itself starts again after its delay at the earliest, unless someone helps. */
const waitsBeforeRestarts: Law = () => {
  const ends = new Map<string, Millis>();
  return {
    onStep: ({ event, before, after, effects }) => {
      forgetHelped(event, after, (name) => ends.delete(name));
      if (event.type === "exited") {
        const { state, bounce } = before.members[event.service]!;
        if (isActive(state) && state.status !== "stopping" && !bounce) ends.set(event.service, event.at);
      }
      for (const effect of effects) {
        if (effect.type !== "start") continue;
        const end = ends.get(effect.service);
        ends.delete(effect.service);
        const { delay, maxDelay } = after.members[effect.service]!.service.restart;
        if (end !== undefined && event.at < end + Math.min(delay, maxDelay)) {
          return `${effect.service} started ${event.at - end} ms after its end`;
        }
      }
      return undefined;
    },
  };
};

/** Who did not prove ready in time, or in as many tries as it has, is given up only where no other run is allowed. */
const triesAgainWhatWasNotReady: Law = ({ rules }) => ({
  onStep: ({ before, after }) => {
    if (!rules.restarts) return undefined;
    const givenUp = Object.values(after.members).find((member) => {
      const { service, state, wanted, adopted } = member;
      if (state.status !== "failed" || state.failure.kind !== "not-ready" || !wanted) return false;
      const isNews = before.members[service.name]!.state.status !== "failed";
      const isOurs = service.type !== "external" && !adopted;
      return isNews && isOurs && service.restart.policy !== "no" && service.restart.maxRestarts > 0;
    });
    return givenUp === undefined ? undefined : `${givenUp.service.name} was not ready and is not tried again`;
  },
});

/** A service that has hardly come up and leaves something to go on in its place has not ended with success. */
const failsInTheBackground: Law = () => {
  const detached = new Set<string>();
  return {
    onStep: ({ event, before, after }) => {
      if (event.type === "exited" && (event.background ?? []).length > 0) {
        const { service, state } = before.members[event.service]!;
        const isYoung = state.status === "started" || (state.status === "ready" && event.at - state.since < 5000);
        if (isYoung && service.type === "service") detached.add(key(event));
      }
      const wrong = Object.values(after.members).find(
        ({ service: { name: service }, run, state }) =>
          state.status === "exited" && detached.has(key({ service, run })),
      );
      return wrong === undefined ? undefined : `${wrong.service.name} went into the background and counts as ended`;
    },
  };
};

/** A run that ends by itself does so once all that somebody asked for is over, whoever was only needed. */
const endsWithWhatWasAskedFor: Law = ({ rules }) => {
  const asked = new Set<string>();
  return {
    onStep: ({ event, after }) => {
      if (event.type === "up") for (const name of event.services) if (!event.needed?.includes(name)) asked.add(name);
      if (!rules.endWhenSettled || after.outcome !== undefined) return undefined;
      const own = Object.values(after.members).filter(
        ({ service, wanted }) => wanted && asked.has(service.name) && service.type !== "external",
      );
      const isOver = own.length > 0 && own.every(({ state }) => state.status === "exited" || state.status === "failed");
      const open = Object.values(after.members).some(
        ({ service, wanted, state }) =>
          wanted && asked.has(service.name) && service.type === "external" && state.status !== "ready",
      );
      return isOver && !open ? `${names(own)} is over, and the run goes on` : undefined;
    },
  };
};

/** What a person had killed is not started again by itself, and does not count as an end with success. */
const leavesDeadWhatWasKilled: Law = () => {
  const killed = new Set<string>();
  return {
    onStep: ({ event, before, effects, after }) => {
      if (event.type === "up" || event.type === "restart") for (const name of event.services) killed.delete(name);
      if (event.type === "kill") {
        const live = event.services.filter((name) => {
          const { state, adopted, service } = before.members[name]!;
          return isActive(state) && state.status !== "starting" && !adopted && service.type !== "external";
        });
        for (const name of live) killed.add(name);
      }
      const started = effects.flatMap((effect) => (effect.type === "start" ? effect.service : []));
      const again = started.find((name) => killed.has(name));
      if (again !== undefined) return `${again} was killed and is started`;
      const wrong = [...killed].find((name) => after.members[name]!.state.status === "exited");
      return wrong === undefined ? undefined : `${wrong} was killed and counts as ended with success`;
    },
  };
};

/** Nothing that has ports starts before the machine has said that they are ours, or someone's to be adopted. */
const startsOnlyWithClaims: Law = () => {
  const held = new Set<string>();
  return {
    onStep: ({ event, effects, after }) => {
      if (event.type === "claimed" || event.type === "adopted") held.add(event.service);
      for (const effect of effects) {
        if (effect.type === "ask") held.delete(effect.service);
        if (effect.type !== "start") continue;
        const { service } = after.members[effect.service]!;
        if (service.type !== "external" && service.endpoints.length > 0 && !held.has(service.name)) {
          return `${service.name} started without its ports`;
        }
      }
      return undefined;
    },
  };
};

/** Nothing starts while the ports of something else that is about to start are still being claimed. */
const claimsBeforeAnythingStarts: Law = () => ({
  onStep: ({ effects, after, world }) => {
    if (!effects.some(({ type }) => type === "start")) return undefined;
    const claims = effects.flatMap((effect) => (effect.type === "claim" ? effect.services : []));
    const open = Object.values(after.members).filter(
      ({ wanted, state, service: { name } }) =>
        wanted && state.status === "idle" && (claims.includes(name) || world.answering(name)),
    );
    return open.length > 0 ? `something started before ${names(open)} had its ports` : undefined;
  },
});

/** Whatever is blocked has been asked about, or its answer is being carried out. */
const asksAboutEveryConflict: Law = () => {
  const asked = new Set<string>();
  return {
    onStep: ({ effects, after, world }) => {
      for (const effect of effects) if (effect.type === "ask") asked.add(effect.service);
      for (const { service, state } of Object.values(after.members)) {
        if (state.status !== "blocked") {
          asked.delete(service.name);
          continue;
        }
        if (state.answer === undefined && !asked.has(service.name)) return `nobody was asked about ${service.name}`;
        const settles = effects.some((effect) => effect.type === "settle" && effect.service === service.name);
        if (state.answer !== undefined && !settles && !world.answering(service.name)) {
          return `the answer about ${service.name} is not carried out`;
        }
      }
      return undefined;
    },
  };
};

/** Nothing that could start just sits there. */
const leavesNothingUndone: Law = () => ({
  onStep: ({ effects, after, world }) => {
    const all = Object.values(after.members);
    const claims = new Set(effects.flatMap((effect) => (effect.type === "claim" ? effect.services : [])));
    const idle = all.filter(({ wanted, state }) => wanted && state.status === "idle");
    const lost = idle.find(
      ({ service, claim }) => claim !== "held" && !claims.has(service.name) && !world.answering(service.name),
    );
    if (lost !== undefined) return `nobody claims the ports of ${lost.service.name}`;
    if (idle.some(({ claim }) => claim !== "held")) return undefined;
    const untold = (name: string): boolean =>
      all.some(
        ({ service, wanted, state }) =>
          wanted && state.status === "blocked" && (after.rules.portUsers[service.name] ?? []).includes(name),
      );
    const free = idle.find(
      ({ service }) =>
        !untold(service.name) && service.needs.every((need) => isMet(after, need) || isIgnored(after, need)),
    );
    return free === undefined ? undefined : `${free.service.name} could start and does not`;
  },
});

/** Exit code 0 says that nothing failed, and that everything had been up before someone ended it. */
const tellsTheTruth: Law = () => {
  let wasUp = false;
  return {
    onStep: ({ before, after }) => {
      const wanted = Object.values(after.members).filter((member) => member.wanted);
      wasUp ||= wanted.length > 0 && wanted.every((member) => isUp(member) || isLeftOut(after, member));
      if (!after.ended || before.ended || after.outcome === undefined || exitCodeOf(after.outcome) !== 0) {
        return undefined;
      }
      const failed = Object.values(after.members).filter(
        ({ state }) => state.status === "failed" && state.failure.kind !== "skipped",
      );
      if (failed.length > 0) return `0 although ${names(failed)} failed`;
      return after.outcome.kind === "interrupted" && !wasUp ? "0 although not everything had come up" : undefined;
    },
  };
};

/** Where the machine does as asked, everything wanted comes up, and ends without a complaint. */
export const bringsEverythingUp: Law = ({ services }) => {
  let missing: readonly Member[] = [];
  return {
    onStep: ({ event, before }) => {
      if (event.type === "quit" && before.outcome === undefined) {
        missing = Object.values(before.members).filter((member) => !isUp(member));
      }
      return undefined;
    },
    onEnd: ({ fleet }) => {
      if (missing.length > 0) return `${names(missing)} of ${services.length} never came up`;
      const { outcome } = fleet;
      return outcome !== undefined && exitCodeOf(outcome) === 0 ? undefined : `ended with ${inspect(outcome)}`;
    },
  };
};

/** The laws of every run, by what they promise. */
export const laws = {
  "a service starts only when its needs are met": startsOnlyWhenNeedsAreMet,
  "no service has two live runs": hasOneLiveRun,
  "after quit everything ends, in bounded time": endsAfterQuit,
  "after the end nothing is asked of the machine": isQuietAfterTheEnd,
  "dependents stop before what they need": stopsDependentsFirst,
  "what does not end in its grace is killed, and nothing is killed before": killsAfterTheGrace,
  "what lives when an engine dies is taken back": takesBackWhatLives,
  "restarts keep to their limit": boundsRestarts,
  "restarts keep to their delay": waitsBeforeRestarts,
  "who was not ready in time is tried again by its policy": triesAgainWhatWasNotReady,
  "who goes into the background has failed": failsInTheBackground,
  "a run ends with what was asked for": endsWithWhatWasAskedFor,
  "who was killed by a person stays dead": leavesDeadWhatWasKilled,
  "nothing starts without its ports": startsOnlyWithClaims,
  "nothing starts while ports are being claimed": claimsBeforeAnythingStarts,
  "every conflict is asked about or settled": asksAboutEveryConflict,
  "nothing that could start just sits there": leavesNothingUndone,
  "news of a former run changes nothing": ignoresFormerRuns,
  "the same event gives the same step": isDeterministic,
  "no value is ever changed": neverMutates,
  "a step leaves no move to be made": leavesNoMove,
  "exit code 0 is the truth": tellsTheTruth,
} satisfies Readonly<Record<string, Law>>;

/** Whether an edge is met, said as plainly as can be. */
function isMet(fleet: Fleet, need: Need): boolean {
  const member = fleet.members[need.service]!;
  const { status } = member.state;
  const isExternal = member.service.type === "external";
  if (need.condition === "completed") return status === "exited";
  if (isGoingDown(member)) return false;
  if (need.condition === "ready") return status === "ready";
  return status === "ready" || status === "exited" || (status === "started" && !isExternal);
}

function isIgnored(fleet: Fleet, need: Need): boolean {
  const { wanted, state } = fleet.members[need.service]!;
  return !need.required && (!wanted || state.status === "failed");
}

/** True when it was skipped, or waits for something that will not come. */
function isLeftOut(fleet: Fleet, { service, state }: Member): boolean {
  if (state.status === "failed") return state.failure.kind === "skipped";
  return state.status === "idle" && service.needs.some((need) => need.required && !isMet(fleet, need));
}

/** Calls `forget` for every service that someone asked for anew, or whose need has come back. */
function forgetHelped(event: Event, fleet: Fleet, forget: (name: string) => void): void {
  if (event.type === "up" || event.type === "restart") for (const name of event.services) forget(name);
  if (event.type !== "ready") return;
  for (const { service } of Object.values(fleet.members)) {
    if (service.needs.some((need) => need.service === event.service)) forget(service.name);
  }
}

function key({ service, run }: { readonly service: string; readonly run: number }): string {
  return `run ${run} of ${service}`;
}

function names(members: readonly Member[]): string {
  return members.map(({ service }) => service.name).join(", ");
}
