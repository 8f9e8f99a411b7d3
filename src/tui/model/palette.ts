// Finds actions by a few letters of their words, and services by a few of their names.

import { type Action, actionNames, rowOf } from "./actions.ts";

/** Actions whose words hold the letters in order, the closest first; all of them for no letters. */
export function findActions(letters: string): readonly Action[] {
  const wanted = letters.toLowerCase().replaceAll(" ", "");
  return actionNames
    .flatMap((action, index) => {
      if (action === "palette" || action === "select-number") return [];
      const byName = distance(action, wanted);
      const byHint = distance(rowOf(action).hint, wanted);
      const byWords = distance(rowOf(action).says.toLowerCase(), wanted);
      const best = Math.min(byName ?? Infinity, (byHint ?? Infinity) + 5, (byWords ?? Infinity) + 20);
      return best === Infinity ? [] : [{ action, best, index }];
    })
    .toSorted((a, b) => a.best - b.best || a.index - b.index)
    .map(({ action }) => action);
}

/** Services whose names hold the letters in one piece, those that begin with them first; none for no letters. */
export function findServices(names: readonly string[], letters: string): readonly string[] {
  const wanted = letters.toLowerCase().replaceAll(/[- ]/g, "");
  if (wanted === "") return [];
  return names
    .flatMap((name, index) => {
      const found = name.toLowerCase().replaceAll("-", "").indexOf(wanted);
      return found < 0 ? [] : [{ name, found, index }];
    })
    .toSorted((a, b) => a.found - b.found || a.index - b.index)
    .map(({ name }) => name);
}

/** How scattered the letters are in the text: 0 for a beginning; undefined when they are not there in order. */
function distance(text: string, letters: string): number | undefined {
  const whole = text.replaceAll(/[- ]/g, "").indexOf(letters);
  if (whole >= 0) return Math.min(whole, 10);
  let at = -1;
  let gaps = 10;
  for (const letter of letters) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    gaps += next - at - 1;
    at = next;
  }
  return gaps;
}
