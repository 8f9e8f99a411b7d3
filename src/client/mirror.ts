// The run as its engine sees it, kept up to date here from what the engine says.

import { type Entries, newEntries } from "../core/entries.ts";
import type { Change, Entry } from "../core/event.ts";
import type { Fleet, Member } from "../core/state.ts";
import type { Hello, PastEntry, WireEntry, WireMember } from "../control/protocol.ts";

/** A copy of the run. */
export interface Mirror {
  fleet(): Fleet;
  readonly entries: Entries;
  /** Takes the next entry: the fleet is what it led to before any reader hears of it. */
  take(entry: WireEntry): void;
}

/** The run as the engine's first words tell it. */
export function newMirror({ fleet: told, past, base }: Hello): Mirror {
  let fleet = told;
  const before = { ...told.members };
  for (const member of base) put(before, member);
  const entries = newEntries(past.map((entry) => entryOf(entry, before)));

  return {
    fleet: () => fleet,
    entries,
    take({ fleet: rest, ...told }) {
      const members = { ...fleet.members };
      const entry = entryOf(told, members);
      fleet = { ...rest, members, rules: fleet.rules };
      entries.add(entry);
    },
  };
}

/** The entry in full; the members become what it says. */
function entryOf(entry: PastEntry, members: Record<string, Member>): Entry {
  return { ...entry, changes: entry.changes.flatMap((member) => put(members, member)) };
}

function put(members: Record<string, Member>, { name, ...rest }: WireMember): readonly Change[] {
  const before = members[name];
  if (before === undefined) return [];
  const after: Member = { service: before.service, ...rest };
  members[name] = after;
  return [{ before, after }];
}
