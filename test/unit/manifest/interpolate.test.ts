import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  namesIn,
  namesInShell,
  parseTemplate,
  render,
  renderShell,
  TemplateError,
} from "../../../src/manifest/interpolate.ts";

const values: Readonly<Record<string, string>> = { A: "a", EMPTY: "", B: "b", PORT: "8000" };
const lookup = (name: string): string | undefined => values[name];

describe("render", () => {
  it.each([
    ["plain", "plain"],
    ["$A ${A} $A-$B", "a a a-b"],
    ["$$A $$$A $$", "$A $a $"],
    ["${A:-d}${EMPTY:-d}${NONE:-d}", "add"],
    ["${A-d}${EMPTY-d}${NONE-d}", "ad"],
    ["${A:+x}${EMPTY:+x}${NONE:+x}", "x"],
    ["${A+x}${EMPTY+x}${NONE+x}", "xx"],
    ["${A:?m}${A?m}${EMPTY?m}", "aa"],
    ["${NONE:-${ALSO:-${A}}}", "a"],
    ["${NONE:-a$$b:${B}}", "a$b:b"],
    ["${NONE:-{}}", "{}"],
    ['${NONE:-{"n":{"m":1}}}', '{"n":{"m":1}}'],
    ['${A:-{"n":{"m":1}}}', "a"],
    ["${A:+{${B}}}}", "{b}}"],
    ["${NONE:-/{id}/x}/{id}", "/{id}/x/{id}"],
    ["${A:-/{id}/x}/{id}", "a/{id}"],
    ["${NONE:-{${A:-{}}}}{", "{a}{"],
    ["postgres://localhost:${PORT}/app?x=1&y=2", "postgres://localhost:8000/app?x=1&y=2"],
    ["${NONE}", ""],
    ["{}}", "{}}"],
  ])("renders %j as %j", (template, text) => {
    expect(render(template, lookup)).toBe(text);
  });

  it.each([
    ["${NONE:?set it}", "NONE is not set: set it"],
    ["${EMPTY:?set ${B}}", "EMPTY is empty: set b"],
    ["${NONE?}", "NONE is not set"],
    ["costs $5", "$5 is no variable; write $$ for a dollar sign"],
    ["ends with $", "$ is no variable; write $$ for a dollar sign"],
    ["${}", "${} is no variable; write $$ for a dollar sign"],
    ["${A", "${A has no closing brace"],
    ["${A:-x", "${A:-x has no closing brace"],
    ["${A:-{x}", "${A:-{x} has no closing brace; inside, every { needs its }"],
    ["${A%x}", "${A%x} is no form of ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}"],
    ["${A:x}", "${A:x} is no form of ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}"],
  ])("refuses %j", (template, message) => {
    expect(() => render(template, lookup)).toThrow(new TemplateError(message));
  });

  it("tells the plain names that are not set, and no others", () => {
    const unset: string[] = [];
    render("${X} $Y ${A} ${Z:-${W}} ${V:-d} ${U:+${T}}", lookup, (name) => unset.push(name));
    expect(unset).toEqual(["X", "Y", "W"]);
  });

  it("does not look at what it is given: a value with dollar signs stays as it is", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, text) => {
        const escaped = text.replaceAll("$", "$$$$");
        expect(render(`${escaped}\${X}${escaped}`, () => value)).toBe(text + value + text);
      }),
    );
  });

  it("renders any text or refuses it, and fails in no other way", () => {
    const piece = fc.constantFrom("$", "{", "}", ":-", ":?", "+", "A", "NONE", " ", "$$", "${");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const template = pieces.join("");
        try {
          expect(render(template, lookup)).toBeTypeOf("string");
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("ends for a template that is nested without an end, and for one that grows without one", () => {
    expect(() => parseTemplate("${A:-".repeat(100_000))).toThrow("${…} is nested more than 32 levels deep");
    expect(() => render("${X}${X}${X}", () => "x".repeat(2_000_000))).toThrow("the value grows beyond 4 MiB");
  });

  it("names every variable of a template, those in defaults included", () => {
    expect(namesIn("$A ${B:-${C}} $$D ${E:+x}")).toEqual(["A", "B", "C", "E"]);
  });
});

describe("renderShell", () => {
  const own = new Map([
    ["PORT", "8000"],
    ["API_URL", "http://localhost:1"],
  ]);
  it.each([
    ["serve -p ${PORT}", "serve -p 8000"],
    ["serve -p $PORT", "serve -p $PORT"],
    ["echo $$ ${HOME} $1 ${#} $(pwd) ${PORT}", "echo $$ ${HOME} $1 ${#} $(pwd) 8000"],
    ["echo \\${PORT} $${PORT} \\\\${PORT}", "echo \\${PORT} $${PORT} \\\\8000"],
    ["curl ${API_URL%/} ${PORT:-1}", "curl ${API_URL%/} ${PORT:-1}"],
    ["awk '{print $1}' ${API_URL}/x", "awk '{print $1}' http://localhost:1/x"],
  ])("turns %j into %j", (command, rendered) => {
    expect(renderShell(command, (name) => own.get(name))).toBe(rendered);
  });

  it("leaves a command without launch's names as it is, byte for byte", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("$", "{", "}", "\\", "A", "'", "\n", "é"), { maxLength: 20 }), (pieces) => {
        expect(renderShell(pieces.join(""), () => undefined)).toBe(pieces.join(""));
      }),
    );
  });

  it("finds the names that the shell would read", () => {
    expect(namesInShell("a $PORT ${API_URL%/} \\$NO $$PID ${X:-$Y}")).toEqual(["PORT", "API_URL", "X", "Y"]);
  });
});
