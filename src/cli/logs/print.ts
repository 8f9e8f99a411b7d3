// Lines of services as a person reads them, and as a program does.

import { jsonText, plainText, sanitize } from "../../core/sanitize.ts";
import { goesOn, type Line } from "../../effects/logs/lines.ts";
import { stampOf } from "../stamp.ts";
import { pad } from "../table.ts";
import { newStyle } from "../terminal.ts";

/** Some lines of one service that are to be shown. */
export interface ShownLines {
  readonly service: string;
  /** Wall-clock milliseconds; undefined where nobody has noted it. */
  readonly time: number | undefined;
  readonly lines: readonly Line[];
  /** `launch`: a remark of ours. */
  readonly origin: "program" | "launch";
}

/** Makes text of lines, with a line feed behind each. */
export type LinePrinter = (shown: ShownLines) => string;

/** `name | line` in the colours of the plain printer, or one JSON object a line. */
export function newLinePrinter(options: {
  /** In the manifest's order, which the colours go by. */
  readonly services: readonly string[];
  /** Those that can appear. */
  readonly shown: readonly string[];
  readonly colors: boolean;
  readonly json: boolean;
  /** True: each line has its time before it. */
  readonly timestamps: boolean;
}): LinePrinter {
  if (options.json) return toJson;
  const style = newStyle(options.colors);
  const clean = options.colors ? sanitize : plainText;
  const widest = Math.max(0, ...options.shown.map((name) => name.length));
  const names = new Map(options.services.map((name, index) => [name, style.name(pad(name, widest), index)]));
  return ({ service, time, lines, origin }) => {
    const stamp = options.timestamps ? style.dim(stampOf(time)) : "";
    const prefix = `${stamp}${names.get(service) ?? service} ${style.dim(origin === "launch" ? ">" : "|")} `;
    return lines.map((line) => `${prefix}${goesOn(line) ? "…" : ""}${clean(line.text)}\n`).join("");
  };
}

function toJson({ service, time, lines, origin }: ShownLines): string {
  if (origin === "launch") return "";
  return lines
    .map(({ text, continued }) => {
      const line = { service, time: time === undefined ? null : Math.round(time), line: text };
      return `${jsonText(continued ? { ...line, continued } : line)}\n`;
    })
    .join("");
}
