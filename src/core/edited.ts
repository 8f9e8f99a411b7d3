// A manifest that was edited while a run of it goes on, in words. Pure.

import type { Differences } from "./session.ts";

/** `api: env, port; new: extra`. */
export function describeDifferences({ settings, changed, added, removed }: Differences): string {
  return [
    ...(settings.length > 0 ? [`for all: ${settings.join(", ")}`] : []),
    ...changed.map(({ service, keys }) => `${service}: ${keys.join(", ")}`),
    ...(added.length > 0 ? [`new: ${added.join(", ")}`] : []),
    ...(removed.length > 0 ? [`gone: ${removed.join(", ")}`] : []),
  ].join("; ");
}

/** All that a person has to know of it: `The manifest has changed since this run began (api: env, port; new: extra). …` */
export function editedSentence(found: Differences): string {
  const { fault } = found;
  if (fault !== undefined) return `The manifest has changed since this run began, and is wrong now: ${fault}`;
  return `The manifest has changed since this run began (${describeDifferences(found)}). What runs goes by what it said then; for what it says now, launch down, then launch.`;
}
