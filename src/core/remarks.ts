// A change of state in words, for printers and the dashboard.

import { STEADY_AFTER } from "./crash.ts";
import type { Change } from "./event.ts";
import { describe, describeConflict, describeEnd, describeExit, describeMillis, type Failure } from "./failure.ts";
import type { Remark } from "./remark.ts";
import type { Millis } from "./service.ts";
import type { After, Ending, Member } from "./state.ts";

/** What a change is worth saying, if anything; `at` is the event's time. */
export function remarksOn({ before, after }: Change, at: Millis): readonly Remark[] {
  const remarks: Remark[] = [];
  const entered = before.state.status !== after.state.status || before.run !== after.run;
  if (entered) remarks.push(...stateRemark(before, after, at));
  if (after.slow && !before.slow) {
    remarks.push({
      tone: "warn",
      text: `still not ready after ${describeMillis(after.service.ready.timeout)}: ${after.probeReason ?? "no probe has answered yet"}`,
    });
  }
  if (after.staleEnv && !before.staleEnv) {
    remarks.push({ tone: "warn", text: "was told a port that has moved since; restart it to learn the new one" });
  }
  if (before.crashes !== undefined && after.crashes === undefined && after.state.status === "ready" && !entered) {
    remarks.push({ tone: "good", text: `ready for ${describeMillis(STEADY_AFTER)}, no longer crashing` });
  }
  if (!entered && after.health.status !== before.health.status) remarks.push(...healthRemark(before, after));
  return remarks;
}

function stateRemark(before: Member, after: Member, at: Millis): readonly Remark[] {
  const { state, service } = after;
  const crash = crashRemark(before, after);
  switch (state.status) {
    case "idle":
      if (before.state.status === "stopping") {
        return [{ tone: "plain", text: `stopped${lastWords(after)} after ${since(before, at)}` }];
      }
      return [];
    case "blocked":
      return state.conflicts.map((conflict) => ({ tone: "bad", text: `blocked: ${describeConflict(conflict)}` }));
    case "starting":
      return [...crash, { tone: "plain", text: startWords(after) }];
    case "started":
      return before.state.status === "ready"
        ? [{ tone: "warn", text: `no longer answers: ${after.probeReason ?? "unknown"}` }]
        : [];
    case "ready":
      return [
        {
          tone: "good",
          text: `ready after ${since(before, at)}${portWords(after)}${state.verified ? "" : " (whose socket answers could not be verified)"}`,
        },
      ];
    case "stopping":
      if (state.after.kind === "block") return [{ tone: "bad", text: `stopping: someone else answers on its port` }];
      return [...illRemark(state.after), { tone: "plain", text: "stopping" }];
    case "backoff":
      return [...crash, { tone: "warn", text: `starts again in ${describeMillis(state.until - at)}` }];
    case "exited":
      return [
        {
          tone: "good",
          text:
            service.type === "task" ? `completed after ${since(before, at)}` : `ended with ${describeExit(state.exit)}`,
        },
      ];
    case "failed":
      return [{ tone: "bad", text: failureWords(state.failure) }];
  }
}

/** Why a run is ended that nobody asked to end. */
function illRemark(after: After): readonly Remark[] {
  if (after.kind === "judge" && "failure" in after.end) return [{ tone: "bad", text: describe(after.end.failure) }];
  return [];
}

/** Who holds the port was said when it was blocked, and how it was decided just before. */
function failureWords(failure: Failure): string {
  if (failure.kind === "conflict") return `failed: port ${failure.conflict.port} is taken`;
  return failure.kind === "skipped" ? "skipped" : `failed: ${describe(failure)}`;
}

/** Said when a run ended by itself and another follows; why launch ended it was said when it did. */
function crashRemark(before: Member, after: Member): readonly Remark[] {
  if (after.restarts === before.restarts || after.lastEnd === undefined) return [];
  if (before.state.status === "stopping" && illRemark(before.state.after).length > 0) return [];
  const text = after.state.status === "backoff" ? describe(after.state.failure) : endWords(after.lastEnd);
  return [{ tone: "bad", text }];
}

function endWords(end: Ending): string {
  return "exit" in end ? `ended with ${describeEnd(end)}` : describe(end.failure);
}

function healthRemark(before: Member, after: Member): readonly Remark[] {
  if (after.health.status === "unhealthy") return [{ tone: "bad", text: `unhealthy: ${after.health.reason}` }];
  return before.health.status === "unhealthy" ? [{ tone: "good", text: "healthy again" }] : [];
}

function startWords({ service, restarts, run, adopted }: Member): string {
  if (adopted) return "taken as already running";
  if (service.type === "external") return "runs elsewhere, waiting for it";
  return restarts > 0 && run > 1 ? `starting again (restart ${restarts})` : "starting";
}

function lastWords({ lastEnd, service }: Member): string {
  if (lastEnd === undefined || !("exit" in lastEnd)) return "";
  const { exit } = lastEnd;
  if (exit.signal === "SIGKILL" && exit.sentBy !== "somebody") return " (killed, it did not end in time)";
  const words = describeExit(exit);
  // Some programs answer the signal with the code that a shell would give: they did as asked.
  const asAsked = exit.signal !== null || exit.code === 0 || words.endsWith(`(${service.stop.signal})`);
  return asAsked ? "" : ` (${words})`;
}

function portWords({ ports }: Member): string {
  const all = Object.entries(ports);
  if (all.length === 0) return "";
  return ` on ${all.map(([endpoint, port]) => (endpoint === "main" ? `port ${port}` : `${endpoint} ${port}`)).join(", ")}`;
}

function since(before: Member, at: Millis): string {
  return "since" in before.state ? describeMillis(at - before.state.since) : "a moment";
}
