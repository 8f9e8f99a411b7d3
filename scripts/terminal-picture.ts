// A terminal's text with its colours as an SVG picture: plain monospace text on a dark ground. Pure.

const characterWidth = 7.83;
const lineHeight = 18;
const margin = 16;

const foreground = "#d6dbe1";
// The sixteen colours by their SGR number; those that are not here are shown in the foreground colour.
const colors: Readonly<Record<number, string>> = {
  31: "#f2777a",
  32: "#8fcf8f",
  33: "#e6c06c",
  34: "#7aaef0",
  35: "#d79be0",
  36: "#6fcbc8",
  90: "#8b949e",
  91: "#f2777a",
  92: "#8fcf8f",
  93: "#e6c06c",
  94: "#7aaef0",
  95: "#e8a5d8",
  96: "#8adfe0",
};

/** How text looks from here on. */
interface Look {
  readonly color: string;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** A stretch of one line that looks the same. */
interface Run extends Look {
  readonly column: number;
  readonly text: string;
}

const plain: Look = { color: foreground, bold: false, dim: false };

/** The picture of this text; SGR sequences colour it, tabs and all other control sequences are left out. */
export function drawTerminal(text: string): string {
  let look = plain;
  const lines = text.split("\n").map((line) => {
    const { runs, after } = runsOf(line, look);
    look = after;
    return runs;
  });
  const columns = Math.max(...lines.flat().map((run) => run.column + run.text.length));
  const width = Math.ceil(columns * characterWidth + 2 * margin);
  const height = lines.length * lineHeight + 2 * margin;
  const rows = lines.flatMap((runs, index) => (runs.length === 0 ? [] : [drawLine(runs, index)]));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="${width}" height="${height}" rx="8" fill="#1d2126"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="${foreground}" xml:space="preserve">
${rows.join("\n")}
</g>
</svg>
`;
}

/** Every run says where it begins, so that columns stay aligned in any font. */
function drawLine(runs: readonly Run[], index: number): string {
  const spans = runs.map(({ column, text, color, bold, dim }) => {
    const style = [
      color === foreground ? "" : ` fill="${color}"`,
      bold ? ` font-weight="bold"` : "",
      dim ? ` fill-opacity="0.6"` : "",
    ].join("");
    return `<tspan x="${(margin + column * characterWidth).toFixed(1)}"${style}>${escape(text)}</tspan>`;
  });
  return `<text y="${margin + index * lineHeight + 13}">${spans.join("")}</text>`;
}

function runsOf(line: string, before: Look): { readonly runs: readonly Run[]; readonly after: Look } {
  const runs: Run[] = [];
  let look = before;
  let column = 0;
  for (const part of line.split(/(\u001b\[[\d;?]*[A-Za-z])/)) {
    if (part.startsWith("\u001b")) {
      if (part.endsWith("m")) look = restyled(look, part.slice(2, -1));
      continue;
    }
    const text = part.replaceAll(/[\u0000-\u001f]/g, "");
    if (text.trim() !== "") {
      const indent = text.length - text.trimStart().length;
      runs.push({ ...look, column: column + indent, text: text.trim() });
    }
    column += text.length;
  }
  return { runs, after: look };
}

function restyled(look: Look, codes: string): Look {
  return codes.split(";").reduce((next: Look, code) => {
    const number = Number(code);
    if (number === 0) return plain;
    if (number === 1) return { ...next, bold: true };
    if (number === 2) return { ...next, dim: true };
    if (number === 22) return { ...next, bold: false, dim: false };
    if (number === 39) return { ...next, color: foreground };
    return { ...next, color: colors[number] ?? next.color };
  }, look);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
