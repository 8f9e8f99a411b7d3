import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { mergeManifests, mergeService, withoutExtensions } from "../../../src/manifest/merge.ts";
import { parseYaml } from "../../../src/manifest/yaml/parse.ts";
import { placeOf, toPlain } from "../../../src/manifest/tree.ts";
import type { MapTree, Tree } from "../../../src/manifest/tree.ts";

function tree(text: string, file = "/services.yaml"): Tree {
  const parsed = parseYaml(text, file);
  return parsed.tree ?? expect.fail(JSON.stringify(parsed.problems));
}

const merged = (base: string, over: string): unknown => toPlain(mergeManifests(tree(base), tree(over)));
const underDefaults = (defaults: string, service: string): unknown =>
  toPlain(mergeService(tree(defaults) as MapTree, tree(service)));

describe("merging manifests", () => {
  it.each([
    ["maps key by key", "a: {x: 1, y: 2}", "a: {y: 3, z: 4}", { a: { x: 1, y: 3, z: 4 } }],
    ["lists as a whole", "a: [1, 2]", "a: [3]", { a: [3] }],
    ["false over true", "a: true", "a: false", { a: false }],
    ["zero and the empty string over others", "{a: 1, b: x}", "{a: 0, b: ''}", { a: 0, b: "" }],
    ["null as a deletion", "{a: 1, b: 2}", "a:", { b: 2 }],
    ["null in env as a value", "env: {A: 1, B: 2}", "env: {A: null}", { env: { A: null, B: 2 } }],
    [
      "null for stdin as a value",
      "services: {a: {stdin: open, port: 1}}",
      "services: {a: {stdin: null, port: null}}",
      { services: { a: { stdin: null } } },
    ],
    [
      "a service called env as a service",
      "services: {env: {port: 1}}",
      "services: {env: {port: null}}",
      { services: { env: {} } },
    ],
    ["values with = in them", "env: {A: 'x=1=2'}", "env: {B: 'y=='}", { env: { A: "x=1=2", B: "y==" } }],
    [
      "a map over a service's short form",
      "services: {a: npm start}",
      "services: {a: {port: 1}}",
      { services: { a: { command: "npm start", port: 1 } } },
    ],
    [
      "a short form over a service's map",
      "services: {a: {command: x, port: 1}}",
      "services: {a: y}",
      { services: { a: { command: "y", port: 1 } } },
    ],
    [
      "a map over a port",
      "services: {a: {port: 5432}}",
      "services: {a: {port: {fixed: true}}}",
      { services: { a: { port: { port: 5432, fixed: true } } } },
    ],
    [
      "a port over a map",
      "services: {a: {port: {port: 1, range: 1-2}}}",
      "services: {a: {port: 9}}",
      { services: { a: { port: 9 } } },
    ],
    [
      "a policy over a map",
      "services: {a: {restart: {delay: 1s}}}",
      "services: {a: {restart: always}}",
      { services: { a: { restart: { delay: "1s", policy: "always" } } } },
    ],
    [
      "another kind of probe",
      "services: {a: {ready: {http: /x, status: 204, timeout: 5s}}}",
      "services: {a: {ready: {tcp: main}}}",
      { services: { a: { ready: { tcp: "main", timeout: "5s" } } } },
    ],
    [
      "more of the same kind of probe",
      "services: {a: {ready: {http: /x}}}",
      "services: {a: {ready: {http: /y, status: 204}}}",
      { services: { a: { ready: { http: "/y", status: 204 } } } },
    ],
    [
      "one port of several",
      "services: {a: {ports: {x: 1, y: 2}}}",
      "services: {a: {ports: {x: auto}}}",
      { services: { a: { ports: { x: "auto", y: 2 } } } },
    ],
  ])("takes %s", (_, base, over, expected) => {
    expect(merged(base, over)).toEqual(expected);
  });

  it("remembers where each value was said", () => {
    const both = mergeManifests(tree("a: {x: 1}\nb: 2", "/base.yaml"), tree("\na: {y: 1}", "/over/over.yaml"));
    expect(placeOf(both, ["a", "x"])).toEqual({ file: "/base.yaml", line: 1, column: 8 });
    expect(placeOf(both, ["a", "y"])).toEqual({ file: "/over/over.yaml", line: 2, column: 8 });
  });

  const word = fc.stringMatching(/^[a-z]{1,3}$/);
  const value: fc.Arbitrary<Record<string, unknown>> = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.boolean(),
      word,
      fc.array(fc.integer(), { maxLength: 3 }),
      tie("map"),
    ),
    map: fc.dictionary(fc.stringMatching(/^k[a-z]$/), tie("any"), { maxKeys: 4 }),
  })).map;

  it("loses nothing: every value is the upper one's, or the lower one's where the upper says nothing", () => {
    const expected = (base: unknown, over: unknown): unknown => {
      if (!isMap(base) || !isMap(over)) return over;
      return Object.fromEntries(
        [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => [
          key,
          !(key in over) ? base[key] : !(key in base) ? over[key] : expected(base[key], over[key]),
        ]),
      );
    };
    fc.assert(
      fc.property(value, value, (base, over) => {
        expect(merged(stringify(base), stringify(over))).toEqual(expected(base, over));
      }),
      { numRuns: 15 },
    );
  });

  it("changes nothing when a manifest goes over itself or over nothing", () => {
    fc.assert(
      fc.property(value, (any) => {
        expect(merged(stringify(any), stringify(any))).toEqual(any);
        expect(merged("{}", stringify(any))).toEqual(any);
        expect(merged(stringify(any), "{}")).toEqual(any);
      }),
      { numRuns: 15 },
    );
  });

  it("gives the same for three manifests, whichever two are merged first", () => {
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        const [x, y, z] = [tree(stringify(a)), tree(stringify(b)), tree(stringify(c))];
        // Where a map lies between two single values, the first two merge to the map; so only maps of maps are compared.
        fc.pre(!mixes(a, b) && !mixes(b, c) && !mixes(a, c));
        expect(toPlain(mergeManifests(mergeManifests(x, y), z))).toEqual(
          toPlain(mergeManifests(x, mergeManifests(y, z))),
        );
      }),
      { numRuns: 15 },
    );
  });
});

describe("defaults", () => {
  it("lie under a service, its variables included", () => {
    expect(underDefaults("{restart: always, env: {A: 1, B: 2}}", "{command: x, env: {B: 3, A: null}}")).toEqual({
      command: "x",
      restart: "always",
      env: { A: null, B: 3 },
    });
  });

  it("lie under a service that is only its command", () => {
    expect(underDefaults("{scheme: https}", "npm start")).toEqual({ scheme: "https", command: "npm start" });
  });
});

it("leaves out keys that begin with x- at the top, in services and in defaults, and nowhere else", () => {
  const text = "x-a: 1\ndefaults: {x-b: 1}\nservices: {a: {x-c: 1, env: {x-d: 1}}, x-s: {}}\nenv: {x-e: 1}";
  expect(toPlain(withoutExtensions(tree(text)))).toEqual({
    defaults: {},
    services: { a: { env: { "x-d": 1 } }, "x-s": {} },
    env: { "x-e": 1 },
  });
});

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mixes(a: unknown, b: unknown): boolean {
  if (isMap(a) && isMap(b)) return Object.keys(a).some((key) => key in b && mixes(a[key], b[key]));
  return isMap(a) !== isMap(b);
}
