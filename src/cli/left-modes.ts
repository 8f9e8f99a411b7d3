// What a program has set in a terminal and not taken back, so that whoever leaves it can: the other screen, the mouse, the
// hidden cursor. Without this, leaving an editor would leave its terminal behind. Pure.

/** Reads what a program shows. */
export interface LeftModes {
  see(bytes: Buffer): void;
  /** What brings the terminal back to how a shell wants it; empty where nothing is left. */
  undo(): string;
}

// A private mode, a push or pop of kitty's keyboard modes, or the start of one of them that the bytes end in.
const sequence = /\x1b\[(?:\?([\d;]*)([hl])|([<>])\d*u)/g;
const unfinished = /\x1b(?:\[(?:\?[\d;]{0,30}|[<>]\d{0,3})?)?$/;

/** On from the start: auto-wrap, and a cursor that is seen. */
const usuallyOn = new Set(["7", "25"]);
/** Left as it is: a saved cursor is nobody's, and synchronized output ends by itself. */
const ignored = new Set(["1048", "2026"]);

/** Nothing has been set yet. */
export function newLeftModes(): LeftModes {
  const changed = new Set<string>();
  let pushes = 0;
  let carried = "";

  return {
    see(bytes) {
      if (carried === "" && !bytes.includes(27)) return;
      const text = carried + bytes.toString("latin1");
      for (const [, modes, final, kitty] of text.matchAll(sequence)) {
        if (kitty !== undefined) pushes = Math.max(0, pushes + (kitty === ">" ? 1 : -1));
        for (const mode of modes?.split(";") ?? []) {
          if (ignored.has(mode)) continue;
          if ((final === "h") === usuallyOn.has(mode)) changed.delete(mode);
          else changed.add(mode);
        }
      }
      carried = unfinished.exec(text)?.[0] ?? "";
    },
    undo() {
      // The other screen goes last: what is set there belongs to it.
      const modes = [...changed].sort((a, b) => Number(isScreen(a)) - Number(isScreen(b)));
      const kitty = pushes === 0 ? "" : `\x1b[<${pushes}u`;
      return kitty + modes.map((mode) => `\x1b[?${mode}${usuallyOn.has(mode) ? "h" : "l"}`).join("");
    },
  };
}

function isScreen(mode: string): boolean {
  return mode === "1049" || mode === "1047" || mode === "47";
}
