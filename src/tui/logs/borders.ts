// Where runs of one service end in its log: told by offsets in the file, shown above lines.

import type { Border } from "./source.ts";

/** The borders of one log. */
export interface Borders {
  /** A run ended at this offset; answers what its border says, to be gone on with once the next one begins. */
  add(offset: number, text: string): { text: string };
  /** Those whose lines are known. */
  all(): readonly Border[];
  /** The file was begun anew. */
  clear(): void;
}

/** More than these nobody looks for; the oldest go. */
const most = 200;

/** None yet. `lineAt` answers the first line that begins at an offset or behind it, undefined while that is not known. */
export function createBorders(lineAt: (offset: number) => number | undefined): Borders {
  let kept: { readonly offset: number; text: string; line: number | undefined }[] = [];
  return {
    add(offset, text) {
      const border = { offset, text, line: undefined };
      kept = [...kept.slice(1 - most), border];
      return border;
    },
    all() {
      const known: Border[] = [];
      for (const border of kept) {
        border.line ??= lineAt(border.offset);
        if (border.line !== undefined) known.push({ line: border.line, text: border.text });
      }
      return known;
    },
    clear() {
      kept = [];
    },
  };
}
