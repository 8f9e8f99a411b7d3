// Cuts what a terminal sends into single keys, pastes and reports, however it is split over reads. What is passed on is one key
// each in a form that can be nothing else, so that whoever reads it need not wait for more.

import { unitEnd } from "../text/units.ts";
import { readMouse, type Mouse } from "./mouse.ts";

/** One thing that came from the terminal. */
export type Input =
  /** One key, as the terminal sends it; Esc alone is said as `ESC [ 27 u`. */
  | { readonly kind: "key"; readonly text: string }
  | { readonly kind: "paste"; readonly text: string }
  | { readonly kind: "mouse"; readonly mouse: Mouse }
  | { readonly kind: "focus"; readonly isFocused: boolean };

/** Takes what comes and gives what it was. */
export interface Scanner {
  push(text: string): readonly Input[];
  /** How long to wait for the rest of what has begun, in milliseconds; undefined when nothing has. */
  readonly patience: number | undefined;
  /** What has begun will not go on: gives what it was then. */
  flush(): readonly Input[];
}

const esc = "\x1b";
const pasteStart = "\x1b[200~";
const pasteEnd = "\x1b[201~";
const escape: Input = { kind: "key", text: "\x1b[27u" };

/** Starts with nothing begun. */
export function newScanner(): Scanner {
  let pending = "";

  return {
    push(text) {
      const inputs: Input[] = [];
      const all = pending + text;
      let at = 0;
      while (at < all.length) {
        const end = all[at] === esc ? takeSequence(all, at, inputs) : takeKey(all, at, inputs);
        if (end === undefined) break;
        at = end;
      }
      pending = all.slice(at);
      return inputs;
    },
    get patience() {
      return pending === "" ? undefined : patienceFor(pending);
    },
    flush() {
      const given = pending;
      pending = "";
      return abandoned(given);
    },
  };
}

/** A person's Esc is felt when it waits; what can only be the rest of a sequence may take its time on a slow line. */
function patienceFor(pending: string): number {
  if (pending === esc || pending === esc + esc) return 25;
  if (pending.startsWith(pasteStart)) return 1000;
  return pending.length === 2 ? 60 : 400;
}

function abandoned(pending: string): readonly Input[] {
  if (pending === esc) return [escape];
  if (pending.startsWith(pasteStart)) return [{ kind: "paste", text: pending.slice(pasteStart.length) }];
  if (pending.startsWith(esc + esc)) return [escape, ...abandoned(pending.slice(1))];
  // Alt with a key that also begins sequences, said so that it cannot be mistaken for one.
  if (pending.length === 2) return [{ kind: "key", text: `\x1b[${pending.codePointAt(1)};3u` }];
  // The beginning of a report or of an unknown key: its rest may come and must not be taken for keys, so neither is it.
  return [];
}

function takeKey(all: string, at: number, inputs: Input[]): number {
  const end = unitEnd(all, at);
  const code = all.charCodeAt(at);
  // Controls of eight bits are no keys.
  if (code < 0x80 || code > 0x9f) inputs.push({ kind: "key", text: all.slice(at, end) });
  return end;
}

/** Takes what begins with Esc; undefined when its end has not come yet. */
function takeSequence(all: string, at: number, inputs: Input[]): number | undefined {
  const next = all[at + 1];
  if (next === undefined) return undefined;
  if (next === esc) return takeDoubleEscape(all, at, inputs);
  if (next === "[") return takeControl(all, at, inputs);
  if (next === "O") return pass(all, at, match(functionKey, all, at + 2), inputs);
  if ((next === "]" || next === "P") && all.length === at + 2) return undefined;
  // What a terminal answers to a question is for nobody here.
  if (isReply(all, at)) return match(reply, all, at);
  const end = unitEnd(all, at + 1);
  inputs.push({ kind: "key", text: all.slice(at, end) });
  return end;
}

/** Either Esc and then something, or Alt with a key that is a sequence itself, as some terminals say it. */
function takeDoubleEscape(all: string, at: number, inputs: Input[]): number | undefined {
  const third = all[at + 2];
  if (third === undefined) return undefined;
  if (third === "[" || third === "O") {
    const found: Input[] = [];
    const end = takeSequence(all, at + 1, found);
    if (end === undefined) return undefined;
    const [first] = found;
    if (first?.kind === "key" && end === at + 1 + first.text.length) {
      inputs.push({ kind: "key", text: esc + first.text });
      return end;
    }
  }
  inputs.push(escape);
  return at + 1;
}

// Parameters, intermediates, a final byte; F1 to F5 of the Linux console begin with another bracket, and rxvt ends in `$`.
const control = /(?:\[[A-Z]|[235678]\$|[0-?]*[ -/]*[@-Z\\-~])/y;
const controlBegun = /(?:\[|[0-?]*[ -/]*)$/y;
const functionKey = /[0-9;]*[@-~]/y;
const reply = /\x1b[\]P][^\x07\x1b]*(?:\x07|\x1b\\)/y;

function takeControl(all: string, at: number, inputs: Input[]): number | undefined {
  // The mouse of terminals that know no other reports: three bytes of any value follow.
  if (all[at + 2] === "M") return all.length < at + 6 ? undefined : at + 6;
  const end = match(control, all, at + 2);
  if (end === undefined) {
    if (match(controlBegun, all, at + 2) !== undefined) return undefined;
    // Alt and a bracket, then something else.
    inputs.push(...abandoned(all.slice(at, at + 2)));
    return at + 2;
  }
  const sequence = all.slice(at, end);
  if (sequence === pasteStart) return takePaste(all, at, inputs);
  if (sequence === pasteEnd) return end;
  if (sequence === "\x1b[I" || sequence === "\x1b[O") {
    inputs.push({ kind: "focus", isFocused: sequence === "\x1b[I" });
    return end;
  }
  if (!sequence.startsWith("\x1b[<")) return pass(all, at, end, inputs);
  const mouse = readMouse(sequence);
  if (mouse !== undefined) inputs.push({ kind: "mouse", mouse });
  return end;
}

function takePaste(all: string, at: number, inputs: Input[]): number | undefined {
  const start = at + pasteStart.length;
  const end = all.indexOf(pasteEnd, start);
  if (end < 0) return undefined;
  inputs.push({ kind: "paste", text: all.slice(start, end) });
  return end + pasteEnd.length;
}

function pass(all: string, at: number, end: number | undefined, inputs: Input[]): number | undefined {
  if (end !== undefined) inputs.push({ kind: "key", text: all.slice(at, end) });
  return end;
}

function isReply(all: string, at: number): boolean {
  return /^\x1b[\]P][0-9>$+!]/.test(all.slice(at, at + 3));
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
