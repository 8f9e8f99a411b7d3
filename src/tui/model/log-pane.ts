// The log in the lower pane: one view for each service and one for all, of which one is shown. Keeps what each view remembers.

import type { Preferences } from "../host.ts";
import type { RunLogs } from "../logs/logs.ts";
import { resize } from "../logs/move.ts";
import type { Pane } from "../logs/pane.ts";
import { type PaneRows, rowsOf, statusOf } from "../logs/rows.ts";
import { advance, describeSearch, endSearch, isBusy } from "../logs/search.ts";
import { endSelection } from "../logs/select.ts";
import { type LogView, newView, setFilter } from "../logs/view.ts";

/** The pane. */
export interface LogPane {
  readonly view: LogView;
  readonly pane: Pane;
  /** The service whose log is shown; undefined: all. */
  readonly service: string | undefined;
  show(service: string | undefined): void;
  resize(width: number, height: number): void;
  /** Makes the view another one. */
  change(next: (view: LogView, pane: Pane) => LogView): void;
  /** The rows as they are now, and which lines they are of. */
  rows(): PaneRows;
  /** What is on, in words: `follow`, `filter /x/`, `3 of 17`. */
  status(): readonly string[];
  /** Does a slice of what searching and filtering still have to do, if anything. */
  advance(milliseconds: number): "nothing" | "done" | "more";
  /** Ends the selection, the search or the filter, whichever stands first; false when there is none. */
  dismiss(): boolean;
  isSelecting(): boolean;
}

/** A pane on these logs; `names` in the order of their colours. */
export function newLogPane(logs: RunLogs, names: readonly string[], preferences: Preferences): LogPane {
  const views = new Map<string | undefined, LogView>();
  let service: string | undefined = names[0];
  let pane: Pane = { width: 80, height: 20, colors: preferences.colors, ascii: preferences.ascii, names };
  let view = viewOf(service);

  function viewOf(name: string | undefined): LogView {
    const known = views.get(name);
    if (known !== undefined) return known;
    return newView(name === undefined ? logs.merged : logs.of(name));
  }

  return {
    get view() {
      return view;
    },
    get pane() {
      return pane;
    },
    get service() {
      return service;
    },
    show(name) {
      if (name === service && views.size > 0) return;
      views.set(service, view);
      const { wrap, timestamps } = view;
      service = name;
      // How lines are shown is the person's wish, whichever log it is.
      view = { ...viewOf(name), wrap, timestamps };
    },
    resize(width, height) {
      if (width === pane.width && height === pane.height) return;
      const before = pane;
      pane = { ...pane, width, height };
      view = resize(view, before, pane);
    },
    change(next) {
      view = next(view, pane);
    },
    rows: () => rowsOf(view, pane),
    status: () => statusWords(view),
    advance(milliseconds) {
      if (!isBusy(view)) return "nothing";
      const until = performance.now() + milliseconds;
      view = advance(view, pane, () => performance.now() > until);
      return isBusy(view) ? "more" : "done";
    },
    dismiss() {
      if (view.selection !== undefined) view = endSelection(view);
      else if (view.search !== undefined) view = endSearch(view);
      else if (view.filter !== undefined) view = setFilter(view, "", "all");
      else return false;
      return true;
    },
    isSelecting: () => view.selection !== undefined,
  };
}

function statusWords(view: LogView): readonly string[] {
  const { filter, search, selected, following, newLines: fresh, notice } = statusOf(view);
  const level =
    filter === undefined || filter.level === "all"
      ? []
      : [filter.level === "error" ? "errors only" : `${filter.level} and worse`];
  return [
    ...(notice === undefined ? [] : [notice]),
    ...(selected > 0 ? [`${selected} selected`] : []),
    ...(search === undefined ? [] : [`/${search.text} ${describeSearch(search)}`]),
    ...(filter === undefined || filter.text === ""
      ? []
      : [`filter ${filter.text}${filter.complete ? "" : " (looking)"}`]),
    ...level,
    ...(view.wrap ? ["wrap"] : view.column > 0 ? [`from column ${view.column + 1}`] : []),
    ...(view.cleared === undefined ? [] : ["cleared"]),
    following ? "follow" : fresh > 0 ? `+${fresh} new` : "paused",
  ];
}
