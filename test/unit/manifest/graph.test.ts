import { describe, expect, it } from "vitest";
import { checkGraph } from "../../../src/plan/graph.ts";
import { load } from "./project.ts";

describe("the graph of a manifest", () => {
  const told = async (text: string): Promise<readonly string[]> => {
    const loaded = await load(text, { check: checkGraph });
    return loaded.ok ? [] : loaded.problems.map(({ message, place }) => `${place?.line}: ${message}`);
  };

  it("is checked together with all else that is wrong in the file", async () => {
    expect(
      await told("services:\n  a: { comand: x, depends_on: [b] }\n  b: { command: x, depends_on: [a, c] }\n"),
    ).toEqual([
      '2: "comand" is no key of a service',
      "2: these services wait for each other: a → b → a",
      '3: b needs "c", which no service is called',
    ]);
  });

  it("is not checked while a service cannot be read at all", async () => {
    expect(await told("services:\n  a: { type: nonsense }\n  b: { command: x, depends_on: [a] }\n")).toHaveLength(1);
  });
});
