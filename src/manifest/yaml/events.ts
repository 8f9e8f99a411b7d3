// YAML text -> the events of its documents, in the text's order, and the value of each scalar. What a manifest may hold is not its business.

import {
  boolCoreTag,
  EVENT_ID,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from "js-yaml";
import type { Event, ScalarEvent } from "js-yaml";
import type { Scalar } from "../tree.ts";

export type { Event, ScalarEvent } from "js-yaml";

/** The beginning of a list or a map. */
export type CollectionEvent = Extract<Event, { readonly start: number }>;

/** The types of events. */
export const types = EVENT_ID;

/** Why a text is no YAML: the first thing that is wrong. */
export interface Fault {
  readonly offset: number;
  readonly reason: string;
  readonly isTooDeep: boolean;
}

/** The events of all documents, none where there are only comments; more than `maxDepth` levels are a fault. */
export function eventsOf(text: string, maxDepth: number): readonly Event[] | Fault {
  try {
    return parseEvents(text, { maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { reason, mark } = error;
    return { offset: mark?.position ?? 0, reason, isTooDeep: reason.startsWith("nesting exceeded") };
  }
}

/** The offset of a value, its quote or `*` included; undefined where nothing is written. */
export function offsetOf(event: Event): number | undefined {
  switch (event.type) {
    case types.SCALAR:
      return startOf(event);
    case types.ALIAS:
      return event.anchorStart - 1;
    case types.SEQUENCE:
    case types.MAPPING:
      return event.start;
    case types.DOCUMENT:
    case types.POP:
      return undefined;
  }
}

function startOf({ valueStart, style, indent }: ScalarEvent): number | undefined {
  if (valueStart < 0) return undefined;
  switch (style) {
    case SCALAR_STYLE.SINGLE_QUOTED:
    case SCALAR_STYLE.DOUBLE_QUOTED:
      return valueStart - 1;
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK:
      return valueStart + Math.max(0, indent);
    case SCALAR_STYLE.PLAIN:
      return valueStart;
  }
}

/** Whether a scalar is written without quotes, and not as a block. */
export function isPlain({ style }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.PLAIN;
}

/** A scalar's value, and its text; undefined when its tag is unknown, or no tag for this text. */
export function scalarOf(
  text: string,
  event: ScalarEvent,
): { readonly value: Scalar; readonly source: string } | undefined {
  const source = getScalarValue(text, event);
  const tag = tagOf(text, event) ?? (isPlain(event) ? undefined : "!");
  if (tag === "!" || tag === "!!str") return { value: source, source };
  const first = source.charAt(0);
  for (const [name, { implicitFirstChars, resolve }] of coreTags) {
    if (tag === undefined ? implicitFirstChars?.includes(first) === false : tag !== name) continue;
    const value = resolve(source, tag !== undefined, name);
    if (value !== NOT_RESOLVED) return { value, source };
  }
  return tag === undefined ? { value: source, source } : undefined;
}

// What plain text may mean by YAML 1.2's core schema, in the order in which it is tried.
const coreTags = [
  ["!!null", nullCoreTag],
  ["!!bool", boolCoreTag],
  ["!!int", intCoreTag],
  ["!!float", floatCoreTag],
] as const;

/** Whether a tag is one of YAML's own. */
export function isCoreTag(tag: string): boolean {
  return ["!!str", "!!seq", "!!map", ...coreTags.map(([name]) => name)].includes(tag);
}

/** `!!str` or `!env`, as it is written; undefined when there is none. */
export function tagOf(text: string, { tagStart, tagEnd }: CollectionEvent | ScalarEvent): string | undefined {
  return tagStart < 0 ? undefined : text.slice(tagStart, tagEnd);
}
