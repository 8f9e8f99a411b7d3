// What is wrong with a text that is no single YAML document: all of it, in words. Asked only after reading has failed, since it takes far longer.

import { Composer, isCollection, isNode, isPair, isScalar, Lexer, LineCounter, Parser, visit } from "yaml";
import type { Document, Node, YAMLError } from "yaml";
import type { Place } from "../../core/service.ts";
import type { Problem } from "../problem.ts";

/** The first thing that reading found wrong. */
interface Known {
  readonly offset: number;
  readonly reason: string;
}

/** One fault: where, and in words. */
interface Fault extends Omit<Problem, "place"> {
  readonly offset: number;
}

const mostTokens = 200_000;
// Of tokens within one another. The composer recurses, and would run out of the machine's stack.
const deepest = 256;

/** Every fault of the text with its place, one for each line; `known` alone when the text is too long or too deep to ask, or when none is found. */
export function diagnose(text: string, at: (offset: number) => Place, known: Known): readonly Problem[] {
  const [document, second] = compose(text) ?? [];
  if (second !== undefined) {
    const remedy = "Keep one document a file; merge files with `-f a.yaml -f b.yaml`, or use `include:`.";
    return [{ place: at(second.range[0]), message: "a second YAML document starts here", remedy }];
  }
  const all = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
  // Behind what does not belong into the text at all, nothing does.
  const stray = all.findIndex(isStray);
  const found = all.filter((error, index) => index <= stray || !isStray(error));
  if (document === undefined || found.length === 0) {
    return [{ place: at(known.offset), message: plainReasons[known.reason] ?? known.reason }];
  }
  const faults = found.map((error) => faultOf(error, document, text)).toSorted((a, b) => a.offset - b.offset);
  const lines = new Set<number>();
  return faults.flatMap(({ offset, ...words }) => {
    const place = at(offset);
    // What follows in the same line mostly follows from the first.
    if (lines.has(place.line)) return [];
    lines.add(place.line);
    return [{ place, ...words }];
  });
}

function isStray({ message }: YAMLError): boolean {
  return message.includes("in YAML stream");
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

// In our words where the library's are hard to understand, and at what has to be changed instead of where it was noticed.
function faultOf({ code, message, pos: [offset] }: YAMLError, document: Document.Parsed, text: string): Fault {
  const plain = plainWords[code];
  if (plain !== undefined) return { offset, ...plain };
  if (code === "MISSING_CHAR" && message.startsWith("Missing closing")) {
    const remedy = "Close it. A quote inside is written as \\\" between double quotes, as '' between single ones.";
    const opening = openAt(document, offset, (node) => isScalar(node) && node.type?.startsWith("QUOTE") === true);
    return { offset: opening ?? offset, message: "this quote is never closed", remedy };
  }
  if (code === "BAD_INDENT" && message.startsWith("Flow")) {
    const opening = openAt(document, offset, (node) => isOpenFlow(node, text)) ?? offset;
    const remedy = "Close it, or indent its further lines more than the line that it begins in.";
    return { offset: opening, message: `this ${text.charAt(opening)} is never closed`, remedy };
  }
  if (code === "BAD_INDENT") {
    const message = "this does not begin in the same column as what stands above it";
    const remedy = "The keys of one map begin in one column, and so do the items of a list.";
    return { offset: offset + text.slice(offset).search(/\S|$/), message, remedy };
  }
  if (code === "UNEXPECTED_TOKEN" && message.endsWith("at node end")) {
    const remedy = "Put quotes around the whole value, or remove what follows.";
    return { offset, message: "something follows a value that is complete", remedy };
  }
  if (code === "UNEXPECTED_TOKEN" && /flow-(?:map|seq)-end/.test(message)) {
    return { offset, message: `this ${text.charAt(offset)} closes nothing`, remedy: "Remove it." };
  }
  return { offset, message: message.slice(0, 1).toLowerCase() + message.slice(1) };
}

// Where the last of these that reaches up to the offset begins.
function openAt(document: Document.Parsed, offset: number, isMeant: (node: Node) => boolean): number | undefined {
  let opening: number | undefined;
  visit(document, {
    Node(_, node) {
      if (isMeant(node) && (node.range?.[1] ?? 0) >= offset) opening = node.range?.[0];
    },
  });
  return opening;
}

// A list in brackets or a map in braces whose last character is not its own bracket or brace.
function isOpenFlow(node: Node, text: string): boolean {
  if (!isCollection(node) || node.flow !== true) return false;
  const end = node.range?.[1] ?? 0;
  const last: unknown = node.items.at(-1);
  const part = isPair(last) ? (last.value ?? last.key) : last;
  const isOfPart = isNode(part) && part.range?.[1] === end;
  return isOfPart || !/[\]}]/.test(text.charAt(end - 1));
}

const plainWords: Partial<Record<YAMLError["code"], Omit<Fault, "offset">>> = {
  TAB_AS_INDENT: { message: "a tab is used for indentation", remedy: "YAML indents with spaces only." },
  BLOCK_AS_IMPLICIT_KEY: {
    message: "a map starts where a plain value is being read",
    remedy: 'Quote a value that has ": " in it; if it is a key, check its indentation.',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: "this is no `key: value`",
    remedy: "Write the colon; or indent it more than the key above, if it goes on with that key's value.",
  },
  BLOCK_IN_FLOW: {
    message: "this does not fit between braces or brackets",
    remedy: "Put a comma between two entries, or quotes around a value that has a colon in it.",
  },
};

// What only the first reader finds.
const plainReasons: Readonly<Record<string, string>> = {
  "expected valid JSON character": "a control character is no text",
  "the stream contains non-printable characters": "a control character is no text",
};
