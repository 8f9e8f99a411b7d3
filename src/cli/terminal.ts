// What the terminal can do, and the few styles that words are shown in. A colour never says anything that no word says.

import { isatty } from "node:tty";
import type { UserConfig } from "../manifest/user-config.ts";
import type { FaceArgs, GlobalArgs } from "./options.ts";

/** True when a person can be asked: a terminal at both ends, no CI, and nobody said otherwise. */
export function isInteractive(args: { readonly nonInteractive: boolean; readonly json: boolean }): boolean {
  const { CI } = process.env;
  return process.stdin.isTTY && process.stdout.isTTY && !args.nonInteractive && !args.json && !isSet(CI);
}

/** True when the dashboard is to be shown: a terminal that can, and nobody wants lines. */
export function wantsDashboard(args: FaceArgs & Parameters<typeof isInteractive>[0], settings: UserConfig): boolean {
  const { TERM, LAUNCH_SCREEN_READER, INK_SCREEN_READER } = process.env;
  const said = LAUNCH_SCREEN_READER ?? INK_SCREEN_READER;
  const readsAloud = args.screenReader ?? (said === undefined ? (settings.screenReader ?? false) : isSet(said));
  return isInteractive(args) && !(args.plain ?? settings.plain ?? false) && !readsAloud && TERM !== "dumb";
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value);
}

/** True when colours may be used (https://no-color.org, FORCE_COLOR as most tools read it). */
export function wantsColor(args: Pick<GlobalArgs, "color" | "json">): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (args.color !== undefined) return args.color;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return isatty(1) && TERM !== "dumb" && !args.json;
}

/** Puts a style around text, or leaves it as it is. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
  /** One of six colours for the name of a service, the same for the same index. */
  name(text: string, index: number): string;
}

let styles = false;

/** True once this process puts styles around words; before, no sequence in them is its own. */
export function hasStyles(): boolean {
  return styles;
}

/** Styles for a terminal, or none. */
export function newStyle(colors: boolean): Style {
  styles ||= colors;
  const sgr = (code: number, off: number) => (text: string) => (colors ? `\u001b[${code}m${text}\u001b[${off}m` : text);
  const palette = [36, 35, 34, 33, 96, 95].map((code) => sgr(code, 39));
  return {
    good: sgr(32, 39),
    bad: sgr(31, 39),
    warn: sgr(33, 39),
    dim: sgr(2, 22),
    bold: sgr(1, 22),
    name: (text, index) => (palette[index % palette.length] ?? ((plain: string) => plain))(text),
  };
}
