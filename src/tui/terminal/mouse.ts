// What a mouse does, read from the reports a terminal sends among the keys.

/** Where a mouse is, in cells from 0, and what is held down with it. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
}

/** One thing a mouse does. */
export type Mouse =
  | (Place & { readonly kind: "press" | "release" | "drag"; readonly button: "left" | "middle" | "right" })
  | (Place & { readonly kind: "wheel"; readonly direction: "up" | "down" | "left" | "right" });

const report = /^\x1b\[<(\d+);(\d+);(\d+)([Mm])$/;
const buttons = ["left", "middle", "right"] as const;
const directions = ["up", "down", "left", "right"] as const;

/** Reads a whole report (`ESC [ < b ; x ; y M`); undefined for what is none, or says nothing of use. */
export function readMouse(sequence: string): Mouse | undefined {
  const match = report.exec(sequence);
  if (match === null) return undefined;
  const code = Number(match[1]);
  const place = {
    x: Math.max(0, Number(match[2]) - 1),
    y: Math.max(0, Number(match[3]) - 1),
    shift: (code & 4) !== 0,
    alt: (code & 8) !== 0,
    ctrl: (code & 16) !== 0,
  };
  const which = code & 3;
  if (code >= 128) return undefined;
  const direction = directions[which];
  if ((code & 64) !== 0) return direction === undefined ? undefined : { kind: "wheel", direction, ...place };
  const button = buttons[which];
  if (button === undefined) return undefined;
  if (match[4] === "m") return { kind: "release", button, ...place };
  return { kind: (code & 32) === 0 ? "press" : "drag", button, ...place };
}
