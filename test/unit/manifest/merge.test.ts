import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type * as z from "zod/mini";
import { mergeManifests, mergeService, withoutExtensions } from "../../../src/manifest/merge.ts";
import { manifestMap } from "../../../src/manifest/schema.ts";
import { manifestShape } from "../../../src/manifest/schema/shapes.ts";
import type { Shape } from "../../../src/manifest/schema/shapes.ts";
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

describe("a map over a short form adds to it", () => {
  // Short form, what goes over it, and both together.
  const cases: readonly (readonly [string, string, string, unknown])[] = [
    ["port", "5432", "{on_conflict: next}", { port: 5432, on_conflict: "next" }],
    ["port", "auto", "{protocol: ws}", { port: "auto", protocol: "ws" }],
    ["port", "5432", "{preferred: 6000}", { preferred: 6000 }],
    ["port", "{preferred: 1, range: 1-9}", "{port: 2}", { port: 2, range: "1-9" }],
    ["ports", "{ws: 1, x: 2}", "{ws: {fixed: true}}", { ws: { port: 1, fixed: true }, x: 2 }],
    ["depends_on", "[db]", "{cache: started}", { db: null, cache: "started" }],
    ["depends_on", "[db, cache]", "{db: null}", { cache: null }],
    ["depends_on", "[db]", "{db: {restart: true}}", { db: { restart: true } }],
    ["depends_on", "{db: started}", "{db: {restart: true}}", { db: { condition: "started", restart: true } }],
    ["depends_on", "{db: started}", "{db: }", {}],
    ["ready", "notify", "{timeout: 2s}", { notify: true, timeout: "2s" }],
    ["ready", "none", "{timeout: 2s}", { none: true, timeout: "2s" }],
    ["ready", "listen", "{timeout: 2s}", { listen: true, timeout: "2s" }],
    ["ready", "notify", "{http: /, timeout: 2s}", { http: "/", timeout: "2s" }],
    ["ready", "{notify: true, timeout: 1s}", "{tcp: main}", { tcp: "main", timeout: "1s" }],
    ["ready", "{http: /, status: 204, timeout: 1s}", "{notify: true}", { notify: true, timeout: "1s" }],
    ["ready", "{http: /, timeout: 1s}", "{http: null}", { timeout: "1s" }],
    ["ready", "notify", "{notify: null, timeout: 1s}", { timeout: "1s" }],
    ["health", "none", "{interval: 5s}", { none: true, interval: "5s" }],
    ["health", "none", "{http: /, interval: 5s}", { http: "/", interval: "5s" }],
    ["restart", "always", "{delay: 1s}", { policy: "always", delay: "1s" }],
    ["files", "{a: x, b: y}", "{a: {keep: true}}", { a: { content: "x", keep: true }, b: "y" }],
    ["files", "{a: x, b: y}", "{a: null}", { b: "y" }],
    ["env_file", "a.env", "{required: false}", { path: "a.env", required: false }],
    ["stop", "{signal: SIGINT, timeout: 1s}", "{command: x}", { command: "x", timeout: "1s" }],
    ["stop", "{command: x, timeout: 1s}", "{signal: SIGINT}", { signal: "SIGINT", timeout: "1s" }],
  ];

  it.each(cases)("%s: %s under %s, in an override", (key, short, over, both) => {
    const services = merged(`services: {a: {${key}: ${short}}}`, `services: {a: {${key}: ${over}}}`);
    expect(services).toEqual({ services: { a: { [key]: both } } });
  });

  it.each(cases)("%s: %s under %s, in defaults", (key, short, over, both) => {
    expect(underDefaults(`{${key}: ${short}}`, `{${key}: ${over}}`)).toEqual({ [key]: both });
    expect(merged(`defaults: {${key}: ${short}}`, `defaults: {${key}: ${over}}`)).toEqual({
      defaults: { [key]: both },
    });
  });

  it("at the top as in a service", () => {
    expect(merged("env_file: a.env", "env_file: {required: false}")).toEqual({
      env_file: { path: "a.env", required: false },
    });
  });

  it("keeps the place of what was said short", () => {
    const base = tree("services: {a: {depends_on: [db], port: 1}}", "/base.yaml");
    const both = mergeManifests(base, tree("services: {a: {depends_on: {x: }, port: {fixed: true}}}", "/over.yaml"));
    expect(placeOf(both, ["services", "a", "depends_on", "db"])).toMatchObject({ file: "/base.yaml", column: 29 });
    expect(placeOf(both, ["services", "a", "port", "port"])).toMatchObject({ file: "/base.yaml", column: 40 });
  });

  it("over several files as over one", () => {
    const files = ["ready: notify", "ready: {timeout: 2s}", "ready: {interval: 1s}"];
    const [first, ...over] = files.map((text) => tree(`services: {a: {${text}}}`));
    expect(toPlain(over.reduce(mergeManifests, first!))).toEqual({
      services: { a: { ready: { notify: true, timeout: "2s", interval: "1s" } } },
    });
  });
});

it.each([
  ["port", "{port: 1, fixed: true}", "2"],
  ["depends_on", "{db: started}", "[cache]"],
  ["depends_on", "{db: {restart: true}}", "{db: started}"],
  ["depends_on", "[db]", "[]"],
  ["ready", "{http: /, timeout: 1s}", "notify"],
  ["health", "{http: /}", "none"],
  ["files", "{a: {content: x, keep: true}}", "{a: y}"],
  ["env_file", "{path: a, required: false}", "b"],
  ["env_file", "{path: a, required: false}", "[b]"],
])("a short form over a map is a choice of its own: %s, %s under %s", (key, map, short) => {
  const plain = (text: string): unknown => toPlain(tree(text));
  expect(merged(`services: {a: {${key}: ${map}}}`, `services: {a: {${key}: ${short}}}`)).toEqual(
    plain(`services: {a: {${key}: ${short}}}`),
  );
});

it("knows the map that each short form of the schema stands for", () => {
  const forms = shortForms(manifestMap, manifestShape, []);
  expect(forms.map(({ path }) => path).toSorted()).toEqual([
    "defaults.depends_on",
    "defaults.depends_on.*",
    "defaults.env_file",
    "defaults.health",
    "defaults.ready",
    "defaults.restart",
    "env_file",
    "services.*",
    "services.*.depends_on",
    "services.*.depends_on.*",
    "services.*.env_file",
    "services.*.files.*",
    "services.*.health",
    "services.*.port",
    "services.*.ports.*",
    "services.*.ready",
    "services.*.restart",
  ]);
  expect(forms.filter(({ shape }) => shape.spellOut === undefined)).toEqual([]);
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

interface ShortForm {
  readonly path: string;
  readonly shape: Shape;
}

/** Every key whose value may be a map or something else, with what merging knows of it. */
function shortForms(schema: unknown, shape: Shape, path: readonly string[]): readonly ShortForm[] {
  const {
    type,
    shape: keys,
    valueType,
    innerType,
    options,
  } = (schema as z.core.$ZodType)._zod.def as unknown as {
    readonly type: string;
    readonly shape?: Readonly<Record<string, unknown>>;
    readonly valueType?: unknown;
    readonly innerType?: unknown;
    readonly options?: readonly unknown[];
  };
  if (type === "optional") return shortForms(innerType, shape, path);
  if (type === "object") {
    return Object.entries(keys ?? {}).flatMap(([key, value]) =>
      shortForms(value, shape.keys?.[key] ?? {}, [...path, key]),
    );
  }
  if (type === "record") return shortForms(valueType, shape.each ?? {}, [...path, "*"]);
  if (type !== "union") return [];
  const kinds = (options ?? []).map((option) => (option as z.core.$ZodType)._zod.def.type);
  const isShort = kinds.some((kind) => ["object", "record"].includes(kind)) && kinds.length > 1;
  const inner = (options ?? []).flatMap((option) => shortForms(option, shape, path));
  return isShort ? [{ path: path.join("."), shape }, ...inner] : inner;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mixes(a: unknown, b: unknown): boolean {
  if (isMap(a) && isMap(b)) return Object.keys(a).some((key) => key in b && mixes(a[key], b[key]));
  return isMap(a) !== isMap(b);
}
