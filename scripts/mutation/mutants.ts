// The mutants of a source file: each is the file with one small change that a test ought to notice.

import { type ESTree, parseSync, Visitor } from "vite";

/** One change in one place. */
export interface Mutant {
  readonly file: string;
  /** Where the changed expression or statement begins, both counted from 1. */
  readonly line: number;
  readonly column: number;
  /** Offsets of the changed text. */
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

const otherOperator: ReadonlyMap<string, string> = new Map([
  ["===", "!=="],
  ["!==", "==="],
  ["<", "<="],
  ["<=", "<"],
  [">", ">="],
  [">=", ">"],
  ["+", "-"],
  ["-", "+"],
  ["*", "/"],
  ["/", "*"],
  ["%", "*"],
  ["&&", "||"],
  ["||", "&&"],
  ["++", "--"],
  ["--", "++"],
  ["+=", "-="],
  ["-=", "+="],
]);

const otherMethod: ReadonlyMap<string, string> = new Map([
  ["some", "every"],
  ["every", "some"],
  ["startsWith", "endsWith"],
  ["endsWith", "startsWith"],
  ["min", "max"],
  ["max", "min"],
  ["find", "findLast"],
  ["findLast", "find"],
]);

/** Methods whose result is of their object's type, so that the object can stand for it. */
const refiningMethods = new Set(["filter", "slice", "sort", "toSorted", "reverse", "toReversed", "trim", "trimEnd"]);

/** All mutants of the file, in the order of their places. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const found: Mutant[] = [];
  /** Literals that are left alone: names, types, and what would only say again what another mutant says. */
  const spared = new Set<ESTree.Node>();

  function add(node: ESTree.Node, after: string): void {
    const before = source.slice(node.start, node.end);
    if (before === after) return;
    found.push({ file, ...placeOf(source, node.start), start: node.start, end: node.end, before, after });
  }

  /** Replaces the operator or name that stands somewhere from one offset on. */
  function swap(node: ESTree.Node, from: number, old: string, other: string | undefined): void {
    if (other === undefined) return;
    const at = source.indexOf(old, from);
    add(node, source.slice(node.start, at) + other + source.slice(at + old.length, node.end));
  }

  function text(node: ESTree.Node): string {
    return source.slice(node.start, node.end);
  }

  new Visitor({
    ImportDeclaration: (node) => void spared.add(node.source),
    ExportNamedDeclaration: (node) => void (node.source !== null && spared.add(node.source)),
    ImportExpression: (node) => void spared.add(node.source),
    Property: (node) => void (!node.computed && spared.add(node.key)),
    TSLiteralType: (node) => void spared.add(node.literal),
    TaggedTemplateExpression: (node) => void spared.add(node.quasi),

    BinaryExpression(node) {
      // Nothing is equal to another literal: `false` is tried already.
      if (["===", "!=="].includes(node.operator)) for (const side of [node.left, node.right]) spared.add(side);
      if (node.operator === "+" && (isText(node.left) || isText(node.right))) return;
      swap(node, node.left.end, node.operator, otherOperator.get(node.operator));
    },
    LogicalExpression(node) {
      swap(node, node.left.end, node.operator, otherOperator.get(node.operator));
      if (node.operator !== "??") return;
      add(node, `(${text(node.left)})`);
      add(node, `(${text(node.right)})`);
    },
    UpdateExpression: (node) => swap(node, node.start, node.operator, otherOperator.get(node.operator)),
    AssignmentExpression: (node) => swap(node, node.left.end, node.operator, otherOperator.get(node.operator)),
    UnaryExpression: (node) => void ("!-".includes(node.operator) && add(node, text(node.argument))),
    ConditionalExpression(node) {
      add(node, `(${text(node.consequent)})`);
      add(node, `(${text(node.alternate)})`);
    },
    IfStatement(node) {
      add(node.test, "true");
      add(node.test, "false");
    },
    WhileStatement: (node) => add(node.test, "false"),
    CallExpression(node) {
      const { callee } = node;
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier" || callee.computed) return;
      const { name } = callee.property;
      swap(node, callee.property.start, name, otherMethod.get(name));
      if (refiningMethods.has(name)) add(node, text(callee.object));
    },
    ExpressionStatement: (node) => void (typeof node.directive !== "string" && add(node, ";")),
    ArrayExpression(node) {
      if (node.elements.length > 0) add(node, "[]");
      // The numbers of a list are its author's knowledge, which a test could only repeat.
      for (const element of node.elements) if (element !== null && isNumber(element)) spared.add(element);
    },
    SpreadElement: (node) => void (node.argument.type === "ParenthesizedExpression" && add(node, "...{}")),
    TemplateLiteral: (node) => void (!spared.has(node) && add(node, '""')),
    Literal(node) {
      if (spared.has(node)) return;
      if (typeof node.value === "boolean") add(node, String(!node.value));
      if (typeof node.value === "number") add(node, String(node.value + 1));
      if (typeof node.value === "string") add(node, node.value === "" ? '"mutant"' : '""');
    },
  }).visit(parseSync(file, source).program);
  return found.sort((one, other) => one.start - other.start);
}

/** The source with the change. */
export function mutated(source: string, { start, end, after }: Mutant): string {
  return source.slice(0, start) + after + source.slice(end);
}

function isText(node: ESTree.Node): boolean {
  return node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string");
}

function isNumber(node: ESTree.Node): boolean {
  return node.type === "Literal" && typeof node.value === "number";
}

function placeOf(source: string, offset: number): { readonly line: number; readonly column: number } {
  const above = source.slice(0, offset).split("\n");
  return { line: above.length, column: above.at(-1)!.length + 1 };
}
