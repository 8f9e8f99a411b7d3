// The plain face: services' lines and changes of state as lines, in a terminal, a pipe or a CI log alike.

import { criticalPath } from "../core/critical-path.ts";
import type { Remark } from "../core/remark.ts";
import { remarksOn } from "../core/remarks.ts";
import type { Change, Entry } from "../core/event.ts";
import { describeMillis } from "../core/failure.ts";
import { aboutOf, noticeRemark } from "../core/notice.ts";
import type { Service } from "../core/service.ts";
import { type Fleet, isActive } from "../core/state.ts";
import { countLines, goesOn, type LineBatch, linesOf } from "../effects/logs/lines.ts";
import { plainText, sanitize } from "../core/sanitize.ts";
import { type ReadyTimes, upCount, upTable } from "./summary.ts";
import { pad } from "./table.ts";
import type { Style } from "./terminal.ts";
import type { Writer } from "./writer.ts";

/** What a face does with what happens. */
export interface Printer {
  onEntry(entry: Entry, fleet: Fleet): void;
  onLines(service: string, batch: LineBatch): void;
}

/** What the plain printer is told. */
export interface PrinterOptions {
  readonly services: readonly Service[];
  readonly writer: Writer;
  readonly style: Style;
  readonly colors: boolean;
  /** True: only changes of state, not the services' lines. */
  readonly quiet: boolean;
  /** What stands before each line: its time, or nothing. */
  readonly stamp: () => string;
  /** Said below the table once everything is up. */
  readonly hint: string;
}

/** Prints `name | line` for output and `name > words` for what launch has to say. */
export function newPrinter({ services, writer, style, colors, quiet, stamp, hint }: PrinterOptions): Printer {
  const widest = Math.max(0, ...services.map((service) => service.name.length));
  const prefixes = new Map(services.map(({ name }, index) => [name, style.name(pad(name, widest), index)]));
  const times: Record<string, number> = {};
  const readyAt: Record<string, number> = {};
  let saidArrived = false;
  // Time that went by at a question was not spent on services.
  let asked = false;
  const clean = colors ? sanitize : plainText;

  const note = ({ event, changes }: Entry): void => {
    for (const { before, after } of changes) {
      const { name } = after.service;
      const isDone = after.state.status === "ready" || after.state.status === "exited";
      if (isDone && before.state.status !== after.state.status && readyAt[name] === undefined) {
        readyAt[name] = event.at;
        times[name] = event.at - ("since" in before.state ? before.state.since : event.at);
      }
    }
  };

  /** Said once: when nothing that was asked for is on its way any more, up or not. */
  const sayArrived = (at: number, fleet: Fleet): void => {
    saidArrived = true;
    const path = criticalPath(services, readyAt);
    const spent = path.length > 1 && !asked ? `, spent on ${path.join(" → ")}` : "";
    // Event times are counted from the start of the process.
    const after = `after ${describeMillis(at)}${spent}`;
    const verdict = fleet.wasUp ? `all up ${after}` : style.bad(`${upCount(fleet)} up ${after}`);
    const table = upTable(fleet, times satisfies ReadyTimes, style);
    writer.say(`\n${table}\n\n${verdict}\n${hint === "" ? "" : `${hint}\n`}`);
  };

  const tones = { good: style.good, bad: style.bad, warn: style.warn, plain: (text: string) => text };
  const say = (name: string, { tone, text }: Remark): void => {
    writer.say(`${style.dim(stamp())}${prefixes.get(name) ?? name} ${style.dim(">")} ${tones[tone](text)}\n`);
  };

  return {
    onEntry(entry, fleet) {
      note(entry);
      const { event } = entry;
      if (event.type === "claimed") {
        for (const { from, to, reason } of event.moves) {
          say(event.service, { tone: "warn", text: `port ${from} → ${to} (${from}: ${reason})` });
        }
      }
      if (event.type === "resolve") {
        asked = true;
        const choice = event.choice === "fail" ? "gives up" : event.choice;
        say(event.service, { tone: "plain", text: `${choice}: ${event.because}` });
      }
      if (event.type === "noticed") {
        const remark = noticeRemark(event.notice);
        if (remark !== undefined) say(aboutOf(event.notice), remark);
      }
      for (const change of inOrderOfReading(entry.changes)) {
        for (const remark of remarksOn(change, event.at)) say(change.after.service.name, remark);
      }
      if (fleet.arrived && !saidArrived && fleet.outcome === undefined) sayArrived(event.at, fleet);
    },
    onLines(service, batch) {
      if (quiet) return;
      const prefix = `${style.dim(stamp())}${prefixes.get(service) ?? service} ${style.dim(batch.origin === "launch" ? ">" : "|")} `;
      let text = "";
      for (const line of linesOf(batch)) text += `${prefix}${goesOn(line) ? "…" : ""}${clean(line.text)}\n`;
      writer.show(text, countLines(batch));
    },
  };
}

/** One event can end one service and let others move: the end is read first. */
function inOrderOfReading(changes: readonly Change[]): readonly Change[] {
  const isOver = ({ after }: Change): boolean => !isActive(after.state);
  return [...changes.filter(isOver), ...changes.filter((change) => !isOver(change))];
}
