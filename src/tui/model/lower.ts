// The lower pane: the line of tabs over it, and its rows.

import { isTroubled } from "../../core/word.ts";
import { lineWidth, spread } from "./fit.ts";
import { type Line, paint, type Span, span } from "./line.ts";
import type { Stage } from "./stage.ts";
import { emptyLog } from "./empty.ts";
import { keyOf, showKey } from "./keymap.ts";
import { viewTitle, visibleLines } from "./text-view.ts";

/** A tab: what it shows, and where it stands in its line. */
export interface Tab {
  /** Undefined: the view that is open. `all`: the merged log. */
  readonly shows: { readonly kind: "all" } | { readonly kind: "service"; readonly name: string } | undefined;
  readonly title: string;
  readonly isOpen: boolean;
  readonly from: number;
  readonly to: number;
}

/** The rows from the tabs on, ready for the screen. */
export function lowerRows(stage: Stage): readonly string[] {
  const { layout, ui, host } = stage;
  const { colors } = host.preferences;
  const rows =
    ui.view === "logs"
      ? logRows(stage)
      : visibleLines(stage).map((line) => paint(line.length === 0 ? [] : [span(" "), ...line], colors));
  return layout.tabs.height === 0 ? rows : [paint(tabsLine(stage), colors), ...rows];
}

/** The rows of the log, or why there are none. */
function logRows({ pane, ui, host, keymap }: Stage): readonly string[] {
  const { rows } = pane.rows();
  if (rows.length > 0) return rows;
  const fleet = host.session.snapshot();
  const words = emptyLog(pane, ui.merged ? undefined : fleet.members[ui.selected], {
    at: host.session.now(),
    fleet,
    keyOf: (action) => showKey(keyOf(keymap, action) ?? ":"),
  });
  return [paint([span(` ${words}`, "dim")], host.preferences.colors)];
}

/** The tabs: the selected service, all, and whatever is in trouble, as many as fit. */
export function tabsOf(stage: Stage): readonly Tab[] {
  const { ui, host, layout, marks } = stage;
  const { members } = host.session.snapshot();
  const isLogs = ui.view === "logs";
  const troubled = Object.values(members)
    .filter((member) => isTroubled(member) && member.service.name !== ui.selected)
    .slice(0, 3);
  const wanted: readonly Omit<Tab, "from" | "to">[] = [
    ...(isLogs ? [] : [{ shows: undefined, title: viewTitle(ui.view, ui.selected), isOpen: true }]),
    ...(ui.selected === ""
      ? []
      : [{ shows: { kind: "service", name: ui.selected } as const, title: ui.selected, isOpen: isLogs && !ui.merged }]),
    { shows: { kind: "all" }, title: "all", isOpen: isLogs && ui.merged },
    ...troubled.map(({ service: { name } }) => ({
      shows: { kind: "service", name } as const,
      title: `${name} !`,
      isOpen: false,
    })),
  ];
  let at = lineWidth([span(` ${marks.rule}`)]);
  return wanted.flatMap((tab) => {
    const from = at;
    at += tab.title.length + 5;
    return at > layout.columns * 0.7 ? [] : [{ ...tab, from, to: at - 1 }];
  });
}

function tabsLine(stage: Stage): Line {
  const { ui, pane, layout, marks } = stage;
  const left: Span[] = [span(` ${marks.rule}`, "dim")];
  for (const { title, isOpen } of tabsOf(stage)) {
    // Brackets as well as bold, for whoever sees no difference.
    const [before, after] = isOpen ? ["[", "]"] : [marks.rule, marks.rule];
    left.push(span(`${before} `, "dim"), span(title, isOpen ? "strong" : "dim"), span(` ${after}${marks.rule}`, "dim"));
  }
  const focus = ui.pane === "lower" || ui.zoomed ? ["keys here"] : [];
  const words = [...focus, ...(ui.view === "logs" ? pane.status() : [])];
  const right = words.length === 0 ? [] : [span(` ${words.join("  ")} `, undefined), span(marks.rule, "dim")];
  return spread(left, right, layout.columns, marks.rule);
}
