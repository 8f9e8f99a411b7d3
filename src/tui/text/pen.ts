// The colours and attributes that are in force at a place in a line, as SGR sequences set them.

import { isSgr, sequenceEnd } from "./sequence.ts";

/** What is in force: colours as SGR parameters ("" for the terminal's own) and attributes as their numbers. */
export interface Pen {
  readonly foreground: string;
  readonly background: string;
  readonly underlineColor: string;
  readonly attributes: readonly number[];
}

/** Nothing in force. */
export const plain: Pen = { foreground: "", background: "", underlineColor: "", attributes: [] };

/** The sequence that sets all that is in force on a terminal where nothing is. */
export function sgr(pen: Pen): string {
  if (pen === plain) return "";
  const parts = [...pen.attributes.map(String), pen.foreground, pen.background, pen.underlineColor];
  const set = parts.filter((part) => part !== "");
  return set.length === 0 ? "" : `\x1b[${set.join(";")}m`;
}

/** What is in force after an SGR sequence with these parameters, as in `ESC [ 1;31 m`. */
function penAfter(pen: Pen, parameters: string): Pen {
  if (parameters === "" || parameters === "0") return plain;
  if (!/[;:]/.test(parameters)) return changed(pen, Number(parameters), parameters);
  const codes = parameters.split(";");
  let after = pen;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? "";
    const number = Number(code.split(":", 1)[0]);
    if (number === 38 || number === 48 || number === 58) {
      // A colour of several parameters, unless colons hold it together.
      const more = code.includes(":") ? 0 : codes[at + 1] === "5" ? 2 : codes[at + 1] === "2" ? 4 : 0;
      after = coloured(after, number, codes.slice(at, at + more + 1).join(";"));
      at += more;
    } else after = changed(after, number, code);
  }
  return after;
}

function coloured(pen: Pen, number: number, code: string): Pen {
  if (number === 38) return { ...pen, foreground: code };
  return number === 48 ? { ...pen, background: code } : { ...pen, underlineColor: code };
}

/** What each number from 22 to 29 ends. */
const ended: Readonly<Record<number, readonly number[]>> = {
  22: [1, 2],
  23: [3],
  24: [4, 21],
  25: [5, 6],
  27: [7],
  28: [8],
  29: [9],
};

function changed(pen: Pen, number: number, code: string): Pen {
  if (number === 0) return plain;
  // An underline of a kind: `4:0` ends it, the others are shown as one.
  const isOn = (number <= 9 || number === 21) && code !== "4:0";
  if (isOn) return pen.attributes.includes(number) ? pen : { ...pen, attributes: [...pen.attributes, number] };
  const off = ended[code === "4:0" ? 24 : number];
  if (off !== undefined) return { ...pen, attributes: pen.attributes.filter((attribute) => !off.includes(attribute)) };
  if (number === 39) return { ...pen, foreground: "" };
  if (number === 49) return { ...pen, background: "" };
  if (number === 59) return { ...pen, underlineColor: "" };
  if ((number >= 30 && number <= 37) || (number >= 90 && number <= 97)) return { ...pen, foreground: code };
  if ((number >= 40 && number <= 47) || (number >= 100 && number <= 107)) return { ...pen, background: code };
  return pen;
}

/** What is in force at index `end` of a line when `pen` is at index `start`. */
export function penAcross(pen: Pen, line: string, start: number, end: number): Pen {
  let after = pen;
  for (let at = line.indexOf("\x1b[", start); at >= 0 && at < end; at = line.indexOf("\x1b[", at + 2)) {
    const over = sequenceEnd(line, at);
    if (isSgr(line, at, over)) after = penAfter(after, line.slice(at + 2, over - 1));
  }
  return after;
}
