// Everything but the lower pane as lines for the screen, made anew from what is true at the moment.

import { describeDifferences } from "../../core/edited.ts";
import type { Member } from "../../core/state.ts";
import { isTroubled, wordOf } from "../../core/word.ts";
import { openQuestions } from "./conflict-list.ts";
import { drawConflicts } from "./conflict-dialog.ts";
import { clipLine, lineWidth, spread, wrapLine } from "./fit.ts";
import { dialogFooter, footer } from "./footer.ts";
import { headerLine } from "./header.ts";
import { keyOf, showKey } from "./keymap.ts";
import { dialogRoom, divide, type Layout, windowOn } from "./layout.ts";
import { type Line, paint, span } from "./line.ts";
import { drawMenu, drawPalette, fieldLine } from "./menus.ts";
import { serviceTable } from "./service-table.ts";
import { shownMembers } from "./shown-services.ts";
import type { Stage } from "./stage.ts";
import { contextOf, type DialogPicture, noticeNow, type Ui, unasked } from "./ui.ts";

/** The chrome of one picture. */
export interface Picture {
  readonly layout: Layout;
  readonly header: Line;
  /** The heading, the services, and how many are not shown. */
  readonly table: readonly Line[];
  readonly dialog: readonly Line[];
  readonly footer: Line;
}

/** The picture as of now. */
export function pictureOf(stage: Stage): Picture {
  const { host, ui, marks, keymap } = stage;
  const fleet = host.session.snapshot();
  const dialog = dialogLines(stage);
  const members = shownMembers(stage);
  const layout = divide({
    ...stage.size(),
    services: members.length + linesBeside(ui),
    // What was opened is shown, also where there is room for one pane only.
    pane: ui.view === "logs" ? ui.pane : "lower",
    zoomed: ui.zoomed,
    dialog: dialog.length,
  });
  const { columns } = layout;
  const usage = host.usage();
  const shown = windowOn(members.length, tableRoom(stage, layout), indexOf(stage), ui.tableOffset);
  const { heading, rows } = serviceTable(members.slice(shown.from, shown.to), {
    fleet,
    usage,
    at: host.session.now(),
    selected: ui.selected,
    marks,
    columns,
  });
  const waiting =
    ui.dialog?.kind === "conflicts" ? 0 : openQuestions(fleet).filter(({ service }) => !isSent(stage, service)).length;
  return {
    layout,
    header: headerLine({
      project: host.about.project,
      instance: host.about.instance,
      fleet,
      usage,
      time: stage.wallClock(),
      marks,
      conflicts: { count: waiting, key: showKey(keyOf(keymap, "conflicts") ?? ":") },
      columns,
    }),
    table: [
      heading,
      ...filterLine(stage, members.length),
      ...rows,
      ...hiddenLine(shown, members),
      ...editedLine(stage, columns),
    ].slice(0, layout.table.height),
    dialog: dialog.slice(0, layout.dialog.height).map((line) => clipLine(line, columns)),
    footer: clipLine(footerLine(stage, columns), columns),
  };
}

/** The rows that are left to Ink: header, dialog and footer, or a few words where there is no room for more. */
export function chromeRows(stage: Stage, { layout, header, dialog, footer: last }: Picture): readonly string[] {
  const lines = layout.tiny ? [tinyLine(stage)] : [header, ...dialog, last];
  return lines.map((line) => paint(line, stage.host.preferences.colors));
}

/** How many services are out of sight, and where, and how many of them are in trouble. */
function hiddenLine(
  { from, to }: { readonly from: number; readonly to: number },
  members: readonly Member[],
): readonly Line[] {
  const below = members.length - to;
  const words = [...(from > 0 ? [`${from} above`] : []), ...(below > 0 ? [`${below} below`] : [])];
  if (words.length === 0) return [];
  const troubled = [...members.slice(0, from), ...members.slice(to)].filter(isTroubled).length;
  const trouble = troubled === 0 ? [] : [span(`, ${troubled} of them in trouble`, "bad")];
  return [[span(`   ${words.join(", ")}`, "dim"), ...trouble]];
}

/** What the table is filtered by. */
function filterLine(stage: Stage, shown: number): readonly Line[] {
  const { ui, host } = stage;
  if (ui.tableFilter === "") return [];
  const all = Object.keys(host.session.snapshot().members).length;
  const what = ui.tableFilter === "!" ? "in trouble" : `"${ui.tableFilter}"`;
  return [[span(`   only ${what}: `, "warn"), span(`${shown} of ${all}; Esc shows all`, "dim")]];
}

/** Where the manifest differs from what runs: nobody is to wonder why an edit does nothing. */
function editedLine({ ui: { edited }, keymap, marks }: Stage, columns: number): readonly Line[] {
  if (edited === undefined) return [];
  const isWrong = edited.fault !== undefined;
  const text = isWrong ? `edited, and wrong now: ${edited.fault}` : `edited: ${describeDifferences(edited)}`;
  const hint = `; not in what runs (${showKey(keyOf(keymap, "journal") ?? ":")}: more)`;
  const head = clipLine([span(`   manifest ${text}`, "warn")], columns - hint.length, marks.ellipsis);
  return [[...head, span(hint, "dim")]];
}

/** The table's lines that are no services, without its heading. */
function linesBeside({ tableFilter, edited }: Ui): number {
  return (tableFilter === "" ? 0 : 1) + (edited === undefined ? 0 : 1);
}

/** The rows that the table has for services. */
function tableRoom({ ui }: Stage, layout: Layout): number {
  return Math.max(1, layout.table.height - 1 - linesBeside(ui));
}

function tinyLine({ host, size }: Stage): Line {
  const { members } = host.session.snapshot();
  const trouble = Object.values(members).filter(isTroubled);
  const words =
    trouble.length === 0 ? "" : `, ${trouble.map((member) => `${member.service.name} ${wordOf(member)}`).join(", ")}`;
  const line: Line = [span(`terminal too small${words}`)];
  const { columns } = size();
  return lineWidth(line) <= columns ? line : clipLine([span(words === "" ? "too small" : words.slice(2))], columns);
}

/** The first service that the table shows. */
export function tableOffset(stage: Stage, layout: Layout): number {
  const count = shownMembers(stage).length;
  return windowOn(count, tableRoom(stage, layout), indexOf(stage), stage.ui.tableOffset).from;
}

function indexOf(stage: Stage): number {
  return Math.max(
    0,
    shownMembers(stage).findIndex(({ service }) => service.name === stage.ui.selected),
  );
}

function isSent({ host, ui }: Stage, service: string): boolean {
  return host.session.snapshot().members[service]?.state === ui.answered.get(service);
}

const fieldWords = {
  search: { label: "/", hint: "text or /regex/   Enter search   Esc leave " },
  filter: { label: "filter:", hint: "! inverts   Enter filter   Esc all " },
  services: { label: "services:", hint: "a name or a state, ! those in trouble   Enter keep   Esc all " },
} as const;

function footerLine(stage: Stage, columns: number): Line {
  const { ui, keymap, pane } = stage;
  if (ui.field !== undefined) {
    const { label, hint } = fieldWords[ui.field.purpose];
    return spread(fieldLine(label, ui.field.field), [span(hint, "dim")], columns);
  }
  const notice = noticeNow(ui, stage.now());
  if (notice !== undefined) return [span(` ${notice.text}`, notice.tone)];
  if (ui.dialog !== undefined) return dialogFooter(ui.dialog, columns);
  return footer(keymap, contextOf(ui, pane.isSelecting()), columns).line;
}

/** The open dialog between two rules; no line is drawn at its sides, where a wide character could push it out. */
function dialogLines(stage: Stage): readonly Line[] {
  const { marks } = stage;
  const drawn = drawDialog(stage);
  if (drawn === undefined || drawn.options.length === 0) return [];
  const { columns, rows } = stage.size();
  const rule = (title: string): Line => {
    const start = title === "" ? [] : [span(`${marks.rule.repeat(2)} `, "dim"), span(title, "warn"), span(" ")];
    return spread(start, [], columns, marks.rule);
  };
  const room = Math.max(1, dialogRoom(rows) - 2);
  const wrapped = drawn.options.map((line) => wrapLine(line, Math.max(1, columns - 1)));
  const options = wrapped.flat();
  // The last row of what the cursor is on.
  const cursor = wrapped.slice(0, drawn.cursor + 1).flat().length - 1;
  const whole = drawn.about.flatMap((line) => wrapLine(line, Math.max(1, columns - 1)));
  // What it is about is said in at least one line, however short the screen.
  const about = whole.slice(0, Math.max(room > 1 ? 1 : 0, room - options.length));
  const left = room - about.length;
  const from = Math.max(0, Math.min(cursor - left + 1, options.length - left));
  return [rule(drawn.title), ...about, ...options.slice(from, from + left), rule("")];
}

function drawDialog(stage: Stage): DialogPicture | undefined {
  const { ui, host, keymap } = stage;
  switch (ui.dialog?.kind) {
    case undefined:
      return undefined;
    case "conflicts": {
      const fleet = host.session.snapshot();
      return drawConflicts(fleet, ui.dialog, unasked(ui, fleet), stage.wallClock());
    }
    case "menu":
      return drawMenu(ui.dialog);
    case "palette":
      return drawPalette(ui.dialog, keymap, host.session.snapshot().members);
  }
}
