// The face for programs: one JSON object a line on stdout.

import { jsonText } from "../core/sanitize.ts";
import { describe } from "../core/failure.ts";
import type { Change, Entry } from "../core/event.ts";
import type { State } from "../core/state.ts";
import { tellingWords, wordOf } from "../core/word.ts";
import { countLines, linesOf } from "../effects/logs/lines.ts";
import type { Printer } from "./printer.ts";
import type { Writer } from "./writer.ts";

/**
 * Prints `{"type":"state","at":…,"service":…,"state":…}` for every change of state, `{"type":"log",…}` for every line unless
 * `quiet`, `{"type":"moved"|"decided",…}` for ports, `{"type":"noticed","kind":…}` for what changes nothing. `at` is milliseconds since the epoch with decimals.
 */
export function newJsonPrinter(writer: Writer, quiet: boolean): Printer {
  // Entries carry monotonic times; one offset for all keeps their distances exact.
  const offset = performance.timeOrigin;
  const put = (value: Readonly<Record<string, unknown>>): void => writer.say(`${jsonText(value)}\n`);
  let saidUp = false;

  return {
    onEntry({ event, changes }: Entry, fleet) {
      const at = offset + event.at;
      if (event.type === "claimed") {
        for (const move of event.moves) put({ type: "moved", at, service: event.service, ...move });
      }
      if (event.type === "resolve") {
        put({ type: "decided", at, service: event.service, choice: event.choice, because: event.because });
      }
      if (event.type === "noticed") put({ type: "noticed", at, ...event.notice });
      for (const change of changes) if (isTransition(change)) put({ type: "state", at, ...describeMember(change) });
      if (fleet.wasUp && !saidUp && fleet.outcome === undefined) {
        saidUp = true;
        put({ type: "up", at });
      }
    },
    onLines(service, batch) {
      if (quiet || batch.origin === "launch") return;
      let text = "";
      for (const { text: line, continued } of linesOf(batch)) {
        text += `${jsonText({ type: "log", service, line, ...(continued && { continued }) })}\n`;
      }
      writer.show(text, countLines(batch));
    },
  };
}

function isTransition({ before, after }: Change): boolean {
  return (
    before.state.status !== after.state.status ||
    before.run !== after.run ||
    (after.crashes === undefined) !== (before.crashes === undefined) ||
    before.health.status !== after.health.status
  );
}

function describeMember({ after }: Change): Readonly<Record<string, unknown>> {
  const { service, state, run, ports, restarts, health } = after;
  const words = tellingWords(after);
  return {
    service: service.name,
    state: wordOf(after),
    phase: state.status,
    run,
    restarts,
    ...(after.crashes === undefined ? {} : { crashes: after.crashes.count }),
    ...(words === undefined ? {} : { lastWords: words }),
    ...("pid" in state && state.pid !== undefined ? { pid: state.pid } : {}),
    ...(Object.keys(ports).length === 0 ? {} : { ports }),
    ...(health.status === "unknown" ? {} : { health: health.status }),
    ...reasonOf(state),
  };
}

function reasonOf(state: State): Readonly<Record<string, unknown>> {
  switch (state.status) {
    case "failed":
    case "backoff":
      return { reason: describe(state.failure), failure: state.failure };
    case "blocked":
      return { conflicts: state.conflicts };
    case "exited":
      return { exit: state.exit };
    case "ready":
      return { verified: state.verified };
    case "idle":
    case "starting":
    case "started":
    case "stopping":
      return {};
  }
}
