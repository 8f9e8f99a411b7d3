// Which services the table shows: all, or those that a filter lets through.

import type { Member } from "../../core/state.ts";
import { isTroubled, wordOf } from "../../core/word.ts";
import type { Stage } from "./stage.ts";

/** The members in the table, in the manifest's order; the selected one is always among them, so that nothing moves under the keys. */
export function shownMembers({ host, ui }: Pick<Stage, "host" | "ui">): readonly Member[] {
  const all = Object.values(host.session.snapshot().members);
  if (ui.tableFilter === "") return all;
  return all.filter((member) => member.service.name === ui.selected || fits(member, ui.tableFilter));
}

/** The names in the table. */
export function shownNames(stage: Pick<Stage, "host" | "ui">): readonly string[] {
  return shownMembers(stage).map(({ service }) => service.name);
}

/** True when name, label or state has every word of the filter; `!` stands for all that is in trouble. */
export function fits(member: Member, filter: string): boolean {
  const { name, label = "" } = member.service;
  const text = `${name} ${label} ${wordOf(member)}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
    .every((word) => (word === "!" ? isTroubled(member) : text.includes(word)));
}
