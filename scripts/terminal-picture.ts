// What a terminal shows as an SVG picture: plain monospace text on a dark ground. Pure.

const characterWidth = 7.83;
const lineHeight = 18;
const margin = 16;

const foreground = "#d6dbe1";
const ground = "#1d2126";
// The sixteen colours of a terminal.
const palette = [
  "#5c6370",
  "#f2777a",
  "#8fcf8f",
  "#e6c06c",
  "#7aaef0",
  "#d79be0",
  "#6fcbc8",
  foreground,
  "#8b949e",
  "#f2777a",
  "#8fcf8f",
  "#e6c06c",
  "#7aaef0",
  "#e8a5d8",
  "#8adfe0",
  "#ffffff",
];

/** How a cell looks. */
export interface Look {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  readonly underline: boolean;
  /** The palette's number, or undefined for the terminal's own. */
  readonly foreground: number | undefined;
}

/** A character and how it looks. */
export interface Cell extends Look {
  readonly text: string;
  /** 2 for a wide character, 0 for the cell behind it. */
  readonly width: number;
}

/** A stretch of one line that looks the same. */
interface Run {
  readonly column: number;
  readonly columns: number;
  readonly text: string;
  readonly look: Look;
}

/** The picture of these rows; as wide as the longest, or as `columns` says. */
export function drawTerminal(rows: readonly (readonly Cell[])[], columns = 0): string {
  const lines = rows.map(runsOf);
  const widest = Math.max(columns, ...lines.flat().map((run) => run.column + run.columns));
  const width = Math.ceil(widest * characterWidth + 2 * margin);
  const height = lines.length * lineHeight + 2 * margin;
  const drawn = lines.flatMap((runs, index) => (runs.length === 0 ? [] : [drawLine(runs, index)]));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="${width}" height="${height}" rx="8" fill="${ground}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="${foreground}" xml:space="preserve">
${drawn.join("\n")}
</g>
</svg>
`;
}

/** Every run says where it begins, so that columns stay aligned in any font. */
function drawLine(runs: readonly Run[], index: number): string {
  const top = margin + index * lineHeight;
  const grounds = runs
    .filter(({ look }) => look.inverse)
    .map(({ column, columns, look }) => {
      const [x, width] = [margin + column * characterWidth, columns * characterWidth];
      return `<rect x="${x.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${lineHeight}" fill="${colorOf(look)}"/>`;
    });
  const spans = runs.map(({ column, text, look }) => {
    const color = look.inverse ? ground : colorOf(look);
    const style = [
      color === foreground ? "" : ` fill="${color}"`,
      look.bold ? ` font-weight="bold"` : "",
      look.dim ? ` fill-opacity="0.6"` : "",
      look.underline ? ` text-decoration="underline"` : "",
    ].join("");
    return `<tspan x="${(margin + column * characterWidth).toFixed(1)}"${style}>${escape(text)}</tspan>`;
  });
  return `${grounds.join("")}<text y="${top + 13}">${spans.join("")}</text>`;
}

function runsOf(cells: readonly Cell[]): readonly Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < cells.length;) {
    const look = cells[column] as Look;
    const from = column;
    let text = "";
    let cell = cells[column];
    while (cell !== undefined && looksLike(cell, look)) {
      text += cell.text === "" && cell.width > 0 ? " " : cell.text;
      cell = cells[++column];
    }
    const isSeen = text.trim() !== "" || look.inverse;
    if (!isSeen) continue;
    const indent = look.inverse ? 0 : text.length - text.trimStart().length;
    const shown = look.inverse ? text : text.trim();
    const end = look.inverse ? column : column - (text.length - text.trimEnd().length);
    runs.push({ column: from + indent, columns: end - from - indent, text: shown, look });
  }
  return runs;
}

function looksLike(one: Look, other: Look): boolean {
  const keys = ["bold", "dim", "inverse", "underline", "foreground"] as const;
  return keys.every((key) => one[key] === other[key]);
}

function colorOf(look: Look): string {
  return (look.foreground === undefined ? undefined : palette[look.foreground]) ?? foreground;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
