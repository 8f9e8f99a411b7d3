// The journal: every event with what it changed, numbered, for as many readers as want it.

import { type Entries, newEntries } from "../core/entries.ts";
import type { Entry, Event } from "../core/event.ts";
import type { Fleet } from "../core/state.ts";

/** The entries so far, and whoever waits for more. */
export interface Journal extends Pick<Entries, "read" | "subscribe" | "latest"> {
  /** Readers hear of the entry before this returns, and so before anything is done about the event. */
  append(event: Event, before: Fleet, after: Fleet): Entry;
}

/** An empty journal. `time` gives the wall clock in milliseconds since the epoch. */
export function newJournal(time: () => number): Journal {
  const entries = newEntries();
  let number = 0;

  return {
    ...entries,
    append(event, before, after) {
      const entry = entryOf(++number, time(), event, before, after);
      entries.add(entry);
      return entry;
    },
  };
}

function entryOf(number: number, time: number, event: Event, before: Fleet, after: Fleet): Entry {
  const changes = Object.values(after.members).flatMap((member) => {
    const old = before.members[member.service.name];
    return old === undefined || old === member ? [] : [{ before: old, after: member }];
  });
  const decided = after.outcome !== before.outcome ? after.outcome : undefined;
  return { number, time, event, changes, ended: after.ended, ...(decided === undefined ? {} : { outcome: decided }) };
}
