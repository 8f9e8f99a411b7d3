// The journal: every event with what it changed, numbered, for as many readers as want it.

import type { Entry, Event } from "../core/event.ts";
import type { Fleet } from "../core/state.ts";

/** The entries so far, and whoever waits for more. */
export interface Journal {
  append(event: Event, before: Fleet, after: Fleet): Entry;
  read(from?: number): AsyncIterable<Entry>;
  /** Called at once for every new entry, before anything is done about it. */
  subscribe(reader: (entry: Entry) => void): void;
}

/** Entries kept in memory; a reader that asks for older ones starts at the oldest kept. */
const kept = 10_000;

/** An empty journal. `time` gives the wall clock in milliseconds since the epoch. */
export function newJournal(time: () => number): Journal {
  const entries: Entry[] = [];
  const readers: ((entry: Entry) => void)[] = [];
  let number = 0;
  let waiting: (() => void)[] = [];

  return {
    append(event, before, after) {
      const entry = entryOf(++number, time(), event, before, after);
      entries.push(entry);
      if (entries.length > kept) entries.shift();
      for (const reader of readers) reader(entry);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
      return entry;
    },

    async *read(from = 1) {
      for (let next = from; ;) {
        const oldest = entries[0]?.number ?? number + 1;
        const entry = entries[Math.max(next, oldest) - oldest];
        if (entry === undefined) {
          await new Promise<void>((resolve) => waiting.push(resolve));
          continue;
        }
        yield entry;
        if (entry.ended) return;
        next = entry.number + 1;
      }
    },

    subscribe(reader) {
      readers.push(reader);
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
