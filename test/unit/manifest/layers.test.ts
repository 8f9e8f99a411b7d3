import { expect, it } from "vitest";
import { isDecided, literal, lookupIn, templates, valuesOf } from "../../../src/manifest/layers.ts";

it("takes a name from the first layer that has it", () => {
  const lookup = lookupIn([templates({ A: "1" }), literal({ A: "2", B: "${A}" })]);
  expect([lookup("A"), lookup("B"), lookup("C")]).toEqual(["1", "${A}", undefined]);
});

it("unsets with null what a lower layer has, and passes over undefined", () => {
  const lookup = lookupIn([templates({ A: null, B: undefined }), literal({ A: "2", B: "3" })]);
  expect([lookup("A"), lookup("B")]).toEqual([undefined, "3"]);
});

it("means the layers below when a variable names itself", () => {
  const layers = [templates({ PATH: "/a:${PATH}" }), templates({ PATH: "/b:${PATH}" }), literal({ PATH: "/usr/bin" })];
  expect(lookupIn(layers)("PATH")).toBe("/a:/b:/usr/bin");
});

it("lets variables name one another in any order", () => {
  expect(lookupIn([templates({ A: "${B}/x", B: "${C}/y", C: "c" })])("A")).toBe("c/y/x");
});

it("names the variables of a circle in their order", () => {
  const lookup = lookupIn([templates({ A: "${B}", B: "x${C}", C: "${A}" })]);
  expect(() => lookup("A")).toThrow("A → B → C → A refer to one another in a circle");
  expect(() => lookup("B")).toThrow("B → C → A → B refer to one another in a circle");
});

it("has no names that only an object's prototype has", () => {
  expect(lookupIn([literal({})])("constructor")).toBeUndefined();
  expect(isDecided([literal({})], "constructor")).toBe(false);
  expect(
    ["A", "B", "C"].map((name) => isDecided([literal({ A: "1", B: undefined }), templates({ C: null })], name)),
  ).toEqual([true, false, true]);
});

it("gives all values at once as it gives them one by one", () => {
  const layers = [
    templates({ A: "${B}!", C: null }),
    literal({ B: "b", C: "c", D: undefined }),
    literal({ A: "a", D: "$" }),
  ];
  expect(valuesOf(layers)).toEqual({ A: "b!", B: "b", D: "$" });
  for (const [name, value] of Object.entries(valuesOf(layers))) expect(lookupIn(layers)(name)).toBe(value);
});

it("doubles no value beyond the bound, however short the manifest that asks for it", () => {
  const bomb = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`A${index}`, `\${A${index + 1}}\${A${index + 1}}`]),
  );
  expect(() => lookupIn([templates({ ...bomb, A60: "boom" })])("A0")).toThrow("the value grows beyond 4 MiB");
});
