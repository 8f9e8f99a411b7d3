// The terminal as the dashboard takes it, opened before Ink is loaded so that the first frame need not wait for it.

import { openTerminalGuard, type TerminalGuard } from "./terminal/guard.ts";
import { type Keys, newKeys } from "./terminal/keys.ts";
import { type Modes, newModes } from "./terminal/modes.ts";
import { newScreen, type Screen } from "./terminal/screen.ts";
import { openTerminal, type Terminal } from "./terminal/tty.ts";

/** A terminal with all its parts; disposing gives it back. */
export interface Opening extends Disposable {
  readonly terminal: Terminal;
  readonly screen: Screen;
  readonly keys: Keys;
  readonly modes: Modes;
}

/** Opens the terminal this process was started in, taking it over only with `modes.enter()`; undefined where there is none. */
export function openDashboardTerminal(
  options: { readonly mouse: boolean },
  earlyGuard?: TerminalGuard,
): Opening | undefined {
  const terminal = openTerminal();
  if (terminal === undefined) return undefined;
  const guard = earlyGuard ?? openTerminalGuard();
  const screen = newScreen(terminal);
  const keys = newKeys(terminal.stdin);
  const modes = newModes({ terminal, screen, keys, guard }, options);
  return {
    terminal,
    screen,
    keys,
    modes,
    [Symbol.dispose]() {
      modes.restore();
      screen[Symbol.dispose]();
      keys[Symbol.dispose]();
      terminal[Symbol.dispose]();
    },
  };
}
