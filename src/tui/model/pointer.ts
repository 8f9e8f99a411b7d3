// What the mouse does: the wheel scrolls what is under it, a click selects, a drag over the log chooses lines and copies them.

import type { Mouse } from "../terminal/mouse.ts";
import { footer } from "./footer.ts";
import { hold } from "../logs/move.ts";
import { extendSelection } from "../logs/select.ts";
import { isWithin } from "./layout.ts";
import { tabsOf } from "./lower.ts";
import { perform, scroll, select, showLogs } from "./perform.ts";
import { act } from "./press.ts";
import type { Stage } from "./stage.ts";
import { shownNames } from "./shown-services.ts";
import { contextOf, noticeNow } from "./ui.ts";

const wheelLines = 3;

/** Takes one thing that the mouse does. `drag` remembers where a drag over the log began, between calls. */
export function point(stage: Stage, mouse: Mouse, drag: { from: number | undefined; hinted: boolean }): void {
  const { layout } = stage;
  if (mouse.kind === "wheel") return wheel(stage, mouse);
  if (mouse.button !== "left" || layout.tiny) return;
  switch (mouse.kind) {
    case "press":
      drag.from = stage.ui.view === "logs" && isWithin(layout.lower, mouse.y) ? mouse.y : undefined;
      return click(stage, mouse);
    case "drag":
      if (drag.from === undefined) return;
      return selectRows(stage, drag.from, mouse.y);
    case "release": {
      const began = drag.from;
      drag.from = undefined;
      if (began === undefined || !stage.pane.isSelecting()) return;
      perform(stage, "copy", "");
      if (!drag.hinted) stage.say(`${stage.ui.notice?.text ?? ""}. Shift-drag selects in the terminal's own way`);
      drag.hinted = true;
      return;
    }
  }
}

function wheel(stage: Stage, { direction, y }: Extract<Mouse, { kind: "wheel" }>): void {
  const { layout } = stage;
  const by = direction === "up" ? -1 : 1;
  if (direction === "left") return perform(stage, "scroll-left", "");
  if (direction === "right") return perform(stage, "scroll-right", "");
  if (isWithin(layout.table, y)) return perform(stage, by > 0 ? "next-service" : "previous-service", "");
  scroll(stage, by * wheelLines);
}

function click(stage: Stage, { x, y }: Mouse): void {
  const { layout, ui } = stage;
  if (isWithin(layout.table, y)) {
    const index = y - layout.table.top - (ui.tableFilter === "" ? 1 : 2);
    const name = shownNames(stage)[ui.tableOffset + index];
    const last = layout.table.height - (ui.edited === undefined ? 1 : 2);
    if (index < 0 || index >= last || name === undefined) return;
    stage.change({ pane: "services" });
    return select(stage, name);
  }
  if (isWithin(layout.tabs, y)) {
    const tab = tabsOf(stage).find(({ from, to }) => x >= from && x < to);
    if (tab?.shows === undefined) return;
    if (tab.shows.kind === "service") select(stage, tab.shows.name);
    return showLogs(stage, { merged: tab.shows.kind === "all" });
  }
  if (
    isWithin(layout.footer, y) &&
    ui.dialog === undefined &&
    ui.field === undefined &&
    noticeNow(ui, stage.now()) === undefined
  ) {
    const { places } = footer(stage.keymap, contextOf(ui, stage.pane.isSelecting()), layout.columns);
    const place = places.find(({ from, to }) => x >= from && x < to);
    if (place !== undefined) act(stage, place.action);
  }
}

/** Selects the lines between two rows of the screen. */
function selectRows({ pane, layout: { lower } }: Stage, from: number, to: number): void {
  const { lines } = pane.rows();
  const lineAt = (y: number): number | undefined => lines[Math.max(0, Math.min(y - lower.top, lines.length - 1))];
  const anchor = lineAt(from);
  const cursor = lineAt(to);
  if (anchor === undefined || cursor === undefined) return;
  pane.change((view, size) =>
    extendSelection({ ...hold(view, size), selection: { anchor, cursor: anchor } }, size, cursor),
  );
}
