// What the run is, as messages.

import type { Entry } from "../core/event.ts";
import type { Fleet, Member } from "../core/state.ts";
import type { FromEngine, Hello, PastEntry, WireMember } from "./protocol.ts";
import { protocolVersion } from "./protocol.ts";
import { encode } from "./wire.ts";

/** The first words: everything that is, and what was before. */
export function helloOf(about: Hello["about"], at: Hello["at"], fleet: Fleet, past: readonly Entry[]): Hello {
  const base = new Map<string, WireMember>();
  for (const { before } of past.flatMap(({ changes }) => changes)) {
    const { name } = before.service;
    if (!base.has(name)) base.set(name, onWire(before));
  }
  return {
    type: "hello",
    protocol: protocolVersion,
    about,
    at,
    fleet,
    past: past.map(pastOf),
    base: [...base.values()],
  };
}

/** A new entry, for all who follow; `fleet` is what it led to. */
export function entryLine(entry: Entry, fleet: Fleet): Buffer {
  const { members: _, rules: __, ...rest } = fleet;
  return encode({ type: "entry", entry: { ...pastOf(entry), fleet: rest } } satisfies FromEngine);
}

/** The last words. */
export function byeOf({ ended, outcome }: Fleet): FromEngine {
  return ended && outcome !== undefined ? { type: "bye", outcome } : { type: "bye" };
}

function pastOf(entry: Entry): PastEntry {
  return { ...entry, changes: entry.changes.map(({ after }) => onWire(after)) };
}

function onWire({ service, ...rest }: Member): WireMember {
  return { name: service.name, ...rest };
}
