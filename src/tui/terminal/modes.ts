// How the terminal is taken and given back: the other screen, the cursor, the mouse, raw keys. Giving back is one function that
// may be called at any time, twice, and by a process that is about to die. Signals are their owner's business: it calls `restore`.
//
//   const modes = newModes({ terminal, screen, keys }, { mouse: true });
//   modes.enter();   …   modes.restore();
//   await modes.suspend();  /* an editor, an attached service, plain logs */  modes.resume();

import type { TerminalGuard } from "./guard.ts";
import type { Keys } from "./keys.ts";
import type { Screen } from "./screen.ts";
import type { Terminal } from "./tty.ts";

/** Whose terminal it is. */
export type Holding = "theirs" | "ours" | "lent";

/** The terminal's modes. */
export interface Modes {
  readonly holding: Holding;
  /** Takes the terminal, empties the other screen, and reads keys. */
  enter(): void;
  /** Gives the terminal back for good, before it returns; does nothing when that has been done. */
  restore(): void;
  /** Gives the terminal to somebody else for a while; resolves when no key will be read here any more. */
  suspend(): Promise<void>;
  /** Takes the terminal again and paints everything. */
  resume(): void;
  /** True: the mouse is ours, and the terminal's own selection needs Shift. */
  setMouse(isOurs: boolean): void;
}

/** What the modes are about. */
export interface Parts {
  readonly terminal: Terminal;
  readonly screen: Screen;
  readonly keys: Keys;
  /** Gives the terminal back when we are killed. */
  readonly guard?: TerminalGuard;
}

// Other screen, empty, cursor at the top and hidden. Without auto-wrap a misjudged width costs a cell and not the layout.
const take = "\x1b[?1049h\x1b[2J\x1b[H\x1b[?25l\x1b[?7l\x1b[?2004h";
// Buttons, drags with a button down, coordinates of any size.
const mouseOn = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const mouseOff = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";
// Whatever was under way ends first: an update, colours.
const giveBack = `\x1b[?2026l\x1b[0m${mouseOff}\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l`;

/** The modes of this terminal; a process that exits gives it back. */
export function newModes({ terminal, screen, keys, guard }: Parts, options: { readonly mouse: boolean }): Modes {
  let holding: Holding = "theirs";
  let isMouseOurs = options.mouse;

  const hold = (): void => {
    holding = "ours";
    terminal.setRaw(true);
    guard?.ours(giveBack);
    void terminal.send(isMouseOurs ? take + mouseOn : take);
    keys.listen();
    screen.release();
  };
  const letGo = (): boolean => {
    screen.hold();
    return terminal.writeNow(giveBack);
  };
  const restore = (): void => {
    process.off("exit", restore);
    // Changing the mode waits on some systems for a terminal that does not read. Node changes it back at its end as well.
    const isGivenBack = holding !== "ours" || letGo();
    if (holding === "ours" && isGivenBack) terminal.setRaw(false);
    void keys.pause();
    holding = "theirs";
    // A terminal that does not read is left to the guard, which waits for it.
    if (isGivenBack) guard?.[Symbol.dispose]();
  };

  return {
    get holding() {
      return holding;
    },
    enter() {
      if (holding !== "theirs") return;
      process.on("exit", restore);
      hold();
    },
    restore,
    async suspend() {
      if (holding !== "ours") return;
      holding = "lent";
      letGo();
      terminal.setRaw(false);
      guard?.lent();
      await keys.pause();
    },
    resume() {
      if (holding === "lent") hold();
    },
    setMouse(isOurs) {
      isMouseOurs = isOurs;
      if (holding === "ours") screen.send(isOurs ? mouseOn : mouseOff);
    },
  };
}
