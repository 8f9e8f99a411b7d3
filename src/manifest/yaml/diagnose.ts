// What is wrong with a text that is no single YAML document: all of it, in words. Asked only after reading has failed, since it takes far longer.

import { Composer, Lexer, LineCounter, Parser } from "yaml";
import type { Document, YAMLError } from "yaml";
import type { Place } from "../../core/service.ts";
import type { Problem } from "../problem.ts";

const mostTokens = 200_000;
// Of tokens within one another. The composer recurses, and would run out of the machine's stack.
const deepest = 256;

const secondRemedy = "Keep one document a file; merge files with `-f a.yaml -f b.yaml`, or use `include:`.";

/** Every fault of the text with its place; `known` alone when the text is too long or too deep to ask, or when none is found. */
export function diagnose(text: string, at: (offset: number) => Place, known: Problem): readonly Problem[] {
  const [document, second] = compose(text) ?? [];
  if (second !== undefined) {
    return [{ place: at(second.range[0]), message: "a second YAML document starts here", remedy: secondRemedy }];
  }
  const faults = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
  if (faults.length === 0) return [known];
  return faults.map(({ code, message, pos: [offset] }) => ({
    place: at(offset),
    message: lowerFirst(message),
    ...plainWords[code],
  }));
}

function compose(text: string): readonly Document.Parsed[] | undefined {
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  const tokens = [];
  let count = 0;
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    if (++count > mostTokens) return undefined;
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > deepest) return undefined;
  }
  for (const token of parser.end()) tokens.push(token);
  // The library compares each key with each other, which takes minutes for a large map.
  return [...new Composer({ uniqueKeys: false, lineCounter: lines }).compose(tokens, true, text.length)];
}

// The library's own words stay where they are clear enough.
const plainWords: Partial<Record<YAMLError["code"], Omit<Problem, "place">>> = {
  TAB_AS_INDENT: { message: "a tab is used for indentation", remedy: "YAML indents with spaces only." },
  BLOCK_AS_IMPLICIT_KEY: {
    message: "a map starts where a plain value is being read",
    remedy: 'Quote a value that has ": " in it; if it is a key, check its indentation.',
  },
};

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);
