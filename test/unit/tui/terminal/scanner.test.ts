// What a terminal sends, cut into keys, pastes and the mouse: the same however it is split over reads.

import { describe, expect, it } from "vitest";
import { newScanner, type Input } from "../../../../src/tui/terminal/scanner.ts";

/** What all of these together are, in short words. */
function scan(...chunks: readonly string[]): readonly string[] {
  const scanner = newScanner();
  const inputs = chunks.flatMap((chunk) => scanner.push(chunk));
  return [...inputs, ...scanner.flush()].map(inWords);
}

function inWords(input: Input): string {
  switch (input.kind) {
    case "key":
      return JSON.stringify(input.text);
    case "paste":
      return `paste ${JSON.stringify(input.text)}`;
    case "focus":
      return input.isFocused ? "focus" : "blur";
    case "mouse": {
      const { kind, x, y, ...rest } = input.mouse;
      const held = [rest.shift ? "shift" : "", rest.alt ? "alt" : "", rest.ctrl ? "ctrl" : ""].filter(Boolean);
      const which = "button" in rest ? rest.button : rest.direction;
      return [kind, which, x, y, ...held].join(" ");
    }
    default:
      return input satisfies never;
  }
}

const esc = '"\\u001b[27u"';
const key = (text: string): string => JSON.stringify(text);

const sequences: readonly (readonly [what: string, sent: string, are: readonly string[]])[] = [
  ["letters one by one, however many came at once", "jjq", [key("j"), key("j"), key("q")]],
  ["an accent with its letter, an emoji whole", "e\u0301👍🏽é", [key("e\u0301"), key("👍🏽"), key("é")]],
  ["Enter, Tab, Backspace and Ctrl-C", "\r\t\x7f\x03", [key("\r"), key("\t"), key("\x7f"), key("\x03")]],
  ["arrows", "\x1b[A\x1b[B\x1bOC", [key("\x1b[A"), key("\x1b[B"), key("\x1bOC")]],
  ["arrows with modifiers", "\x1b[1;5A", [key("\x1b[1;5A")]],
  ["editing keys", "\x1b[5~\x1b[H\x1b[3$", [key("\x1b[5~"), key("\x1b[H"), key("\x1b[3$")]],
  ["function keys of every kind", "\x1bOP\x1b[15~\x1b[[A", [key("\x1bOP"), key("\x1b[15~"), key("\x1b[[A")]],
  ["Alt with a letter", "\x1bmx", [key("\x1bm"), key("x")]],
  ["Alt with an arrow, as rxvt says it", "\x1b\x1b[A", [key("\x1b\x1b[A")]],
  [
    "a press, a drag and a release",
    "\x1b[<0;1;1M\x1b[<32;3;4M\x1b[<0;3;4m",
    ["press left 0 0", "drag left 2 3", "release left 2 3"],
  ],
  ["other buttons", "\x1b[<1;9;9M\x1b[<2;9;9M", ["press middle 8 8", "press right 8 8"]],
  ["the wheel", "\x1b[<64;200;50M\x1b[<65;1;1M\x1b[<66;1;1M", ["wheel up 199 49", "wheel down 0 0", "wheel left 0 0"]],
  ["what is held with the mouse", "\x1b[<28;2;2M", ["press left 1 1 shift alt ctrl"]],
  ["nothing for a mouse that moves without a button", "\x1b[<35;2;2Mj", [key("j")]],
  ["nothing for the reports of old terminals", "\x1b[M abj", [key("j")]],
  ["focus", "\x1b[I\x1b[O", ["focus", "blur"]],
  ["a paste with line feeds, and keys round it", "a\x1b[200~b\nc\x1b[201~d", [key("a"), 'paste "b\\nc"', key("d")]],
  ["an empty paste", "\x1b[200~\x1b[201~", ['paste ""']],
  ["nothing for a terminal's answers", "\x1b]11;rgb:0/0/0\x07\x1bP1+r544e\x1b\\j", [key("j")]],
];

describe("what a terminal sends", () => {
  for (const [what, sent, are] of sequences) {
    it(`is ${what}`, () => {
      expect(scan(sent)).toEqual(are);
    });

    it(`is ${what}, split anywhere`, () => {
      for (let at = 1; at < sent.length; at++) {
        // A decoder never gives half of a character; and an accent that comes later joins nothing.
        if (/^(?:[\udc00-\udfff]|\u0301|\ud83c\udffd)/.test(sent.slice(at))) continue;
        expect(scan(sent.slice(0, at), sent.slice(at)), `split at ${at}`).toEqual(are);
      }
    });

    it(`is ${what}, byte by byte`, () => {
      if (/[^\x00-\x7f]/.test(sent)) return;
      expect(scan(...Array.from(sent))).toEqual(are);
    });
  }

  it("is the same for all of it at once, split anywhere", () => {
    const ascii = sequences.filter(([, sent]) => !/[^\x00-\x7f]/.test(sent));
    const sent = ascii.map(([, text]) => text).join("");
    const are = ascii.flatMap(([, , inputs]) => inputs);
    for (let at = 0; at <= sent.length; at++) expect(scan(sent.slice(0, at), sent.slice(at))).toEqual(are);
  });
});

describe("Esc", () => {
  it("is a key when nothing follows, said so that nobody waits for more", () => {
    expect(scan("\x1b")).toEqual([esc]);
    expect(scan("\x1b\x1b")).toEqual([esc, esc]);
    expect(scan("j\x1b")).toEqual([key("j"), esc]);
  });

  it("is a key before a report of the mouse, and does not eat it", () => {
    expect(scan("\x1b\x1b[<0;1;1M")).toEqual([esc, "press left 0 0"]);
    expect(scan("\x1b\x1b[200~x\x1b[201~")).toEqual([esc, 'paste "x"']);
  });

  it("is waited upon shortly, and the rest of a sequence longer", () => {
    const patience = (text: string): number | undefined => {
      const scanner = newScanner();
      scanner.push(text);
      return scanner.patience;
    };
    expect(patience("j")).toBeUndefined();
    expect(patience("\x1b")).toBeLessThanOrEqual(30);
    expect(patience("\x1b[<0;1")).toBeGreaterThanOrEqual(300);
    expect(patience("\x1b[200~abc")).toBeGreaterThanOrEqual(1000);
  });
});

describe("what never ends", () => {
  it("is no keys when it was a report", () => {
    expect(scan("\x1b[<0;12")).toEqual([]);
    expect(scan("\x1b[1;5")).toEqual([]);
  });

  it("is what has come of a paste", () => {
    expect(scan("\x1b[200~half")).toEqual(['paste "half"']);
  });

  it("is Alt with that key when it only might have been a sequence", () => {
    expect(scan("\x1b[")).toEqual([key("\x1b[91;3u")]);
    expect(scan("\x1bO")).toEqual([key("\x1b[79;3u")]);
    expect(scan("\x1b[\r")).toEqual([key("\x1b[91;3u"), key("\r")]);
  });
});
