// How long starting took, and on what: gathered from the journal, said once when all has arrived.

import { criticalPath } from "../../core/critical-path.ts";
import type { Entry } from "../../core/event.ts";
import { describeMillis } from "../../core/failure.ts";
import type { Millis } from "../../core/service.ts";
import { type Fleet, isUp } from "../../core/state.ts";
import type { Marks } from "./marks.ts";

/** What is known of a start; times are the engine's clock. */
export interface Startup {
  /** When something was asked for first. */
  readonly asked?: Millis;
  readonly startedAt: Readonly<Record<string, Millis>>;
  /** When each was ready or completed for the first time. */
  readonly upAt: Readonly<Record<string, Millis>>;
  /** True: a person was asked meanwhile, so the time is not the services' own. */
  readonly decided: boolean;
}

/** Nothing has been asked for yet. */
export const noStartup: Startup = { startedAt: {}, upAt: {}, decided: false };

/** What is known after one more entry. */
export function noteStartup(before: Startup, { event, changes }: Entry): Startup {
  let startup = before;
  if (event.type === "up" && startup.asked === undefined) startup = { ...startup, asked: event.at };
  if (event.type === "resolve") startup = { ...startup, decided: true };
  for (const { before: old, after } of changes) {
    const { name } = after.service;
    if (after.state.status === "starting" && startup.startedAt[name] === undefined) {
      startup = { ...startup, startedAt: { ...startup.startedAt, [name]: event.at } };
    }
    if (isUp(after) && !isUp(old) && startup.upAt[name] === undefined) {
      startup = { ...startup, upAt: { ...startup.upAt, [name]: event.at } };
    }
  }
  return startup;
}

/** The summary: one line for the screen, and one more a service for the journal. */
export interface Summary {
  readonly headline: string;
  readonly details: readonly { readonly service: string; readonly text: string }[];
}

/** The summary of a start that has arrived at `at`. */
export function summarize(fleet: Fleet, startup: Startup, at: Millis, marks: Marks): Summary {
  const wanted = Object.values(fleet.members).filter((member) => member.wanted || member.run > 0);
  const up = wanted.filter(isUp).length;
  const begun = startup.asked ?? 0;
  const verdict = fleet.wasUp && up === wanted.length ? "all up" : `${up} of ${wanted.length} up`;
  const path = criticalPath(
    wanted.map(({ service }) => service),
    startup.upAt,
  );
  const first = path[0] === undefined ? undefined : startup.startedAt[path[0]];
  const last = startup.upAt[path.at(-1) ?? ""];
  const took = first === undefined || last === undefined ? undefined : describeMillis(last - first);
  const spent =
    path.length < 2 || took === undefined || startup.decided ? "" : `: ${path.join(` ${marks.next} `)} took ${took}`;
  return {
    headline: `${verdict} after ${describeMillis(at - begun)}${spent}`,
    details: wanted.flatMap(({ service: { name } }) => {
      const from = startup.startedAt[name];
      const to = startup.upAt[name];
      if (to === undefined) return [];
      const own = from === undefined ? "" : `, ${describeMillis(to - from)} of it its own`;
      const onPath = path.length > 1 && path.includes(name) ? ", on the critical path" : "";
      return [{ service: name, text: `up ${describeMillis(to - begun)} after the beginning${own}${onPath}` }];
    }),
  };
}
