// Where everything stands on a screen of a given size, in rows and columns from 0. Pure; the one place that knows sizes.

/** Rows from `top` on. */
export interface Band {
  readonly top: number;
  readonly height: number;
}

/** What the layout depends on. */
export interface Wishes {
  readonly columns: number;
  readonly rows: number;
  readonly services: number;
  /** The pane with the keys; on a narrow screen the only one that is shown. */
  readonly pane: "services" | "lower";
  readonly zoomed: boolean;
  /** Lines of the dialog that is open; 0: none. */
  readonly dialog: number;
}

/** The screen divided; a band of height 0 is not shown. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** True: there is room for one line of words only. */
  readonly tiny: boolean;
  readonly header: Band;
  /** The heading included. */
  readonly table: Band;
  readonly dialog: Band;
  readonly tabs: Band;
  readonly lower: Band;
  readonly footer: Band;
}

/** Below this many columns one pane is shown at a time. */
const narrowBelow = 60;
const smallest = { columns: 40, rows: 10 };
const tableShare = 0.4;
/** What a dialog leaves of the rows to the log. */
const leastLower = 2;

/** Divides the screen. */
export function divide(wishes: Wishes): Layout {
  const { columns, rows } = wishes;
  const none = { top: 0, height: 0 };
  if (columns < smallest.columns || rows < smallest.rows) {
    return {
      columns,
      rows,
      tiny: true,
      header: none,
      table: none,
      dialog: none,
      tabs: none,
      lower: none,
      footer: none,
    };
  }
  const narrow = columns < narrowBelow;
  const inner = rows - 2;
  const dialog = Math.min(wishes.dialog, dialogRoom(rows));
  const onlyTable = narrow && wishes.pane === "services" && !wishes.zoomed;
  const hidden = wishes.zoomed || (narrow && !onlyTable);
  const wanted = wishes.services + 1;
  const most = onlyTable ? inner - dialog : Math.max(3, Math.floor(rows * tableShare));
  // A dialog takes from the log first, and from the table when that is too little.
  const left = inner - dialog - 1 - leastLower;
  // A heading alone says nothing.
  const table = hidden ? 0 : onlyTable ? most : left < 2 ? 0 : Math.min(wanted, most, left);
  const tabs = onlyTable ? 0 : 1;
  const lower = onlyTable ? 0 : inner - dialog - table - tabs;
  let top = 0;
  const band = (height: number): Band => ({ top: (top += height) - height, height });
  return {
    columns,
    rows,
    tiny: false,
    header: band(1),
    table: band(table),
    dialog: band(dialog),
    tabs: band(tabs),
    lower: band(lower),
    footer: band(1),
  };
}

/** The rows that a dialog may have, its two rules included. */
export function dialogRoom(rows: number): number {
  return rows - 2 - 1 - leastLower;
}

/** Which of `count` things fit into `room` rows with `chosen` among them, scrolled as little as may be from `offset`. */
export function windowOn(
  count: number,
  room: number,
  chosen: number,
  offset: number,
): { readonly from: number; readonly to: number; readonly hidden: number } {
  if (count <= room) return { from: 0, to: count, hidden: 0 };
  // The last row says how many are not shown.
  const shown = Math.max(1, room - 1);
  const lowest = Math.max(0, chosen - shown + 1);
  const from = Math.min(Math.max(Math.min(offset, chosen), lowest), count - shown);
  return { from, to: from + shown, hidden: count - shown };
}

/** True when the row belongs to the band. */
export function isWithin(band: Band, row: number): boolean {
  return row >= band.top && row < band.top + band.height;
}
