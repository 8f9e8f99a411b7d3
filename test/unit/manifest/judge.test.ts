import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type * as z from "zod/mini";
import { judgeManifest, judgeService } from "../../../src/manifest/judge.ts";
import { manifestKeys, manifestMap } from "../../../src/manifest/schema.ts";
import { serviceKeys, serviceMap } from "../../../src/manifest/schema/service.ts";

const values = fc.oneof(
  fc.constantFrom<unknown>("x", "", "10s", "always", "ready", "auto", "8000-8010", 0, 1, 8080, -1, 1.5, true, false),
  fc.constant(null),
  fc.array(fc.constantFrom<unknown>("a", "B", 0, null), { maxLength: 2 }),
  fc.dictionary(
    fc.constantFrom("http", "policy", "delay", "range", "path", "a", "content", "condition", "__proto__"),
    fc.constantFrom<unknown>("10s", "/", "ready", 5, true, null, []),
    { maxKeys: 2 },
  ),
);
const mapsOf = (keys: object): fc.Arbitrary<Record<string, unknown>> =>
  fc.dictionary(fc.constantFrom(...Object.keys(keys), "comand", "x", "__proto__"), values, {
    maxKeys: 6,
    noNullPrototype: true,
  });

const said = (issues: readonly z.core.$ZodIssue[]): readonly string[] =>
  issues
    .map((issue) => {
      const words = issue.code === "unrecognized_keys" ? issue.keys.toSorted().join() : issue.message;
      return `${issue.path.join(".")} ${words}`;
    })
    .toSorted();

describe("judging says what the schema says, though it asks only after the keys that are there", () => {
  it("about a service", () => {
    fc.assert(
      fc.property(fc.oneof(mapsOf(serviceKeys), values), (plain) => {
        const { data, error } = serviceMap.safeParse(plain);
        const { input, issues } = judgeService(plain);
        expect(input).toEqual(data);
        expect(said(issues)).toEqual(said(error?.issues ?? []));
      }),
      { numRuns: 300 },
    );
  });

  it("about a manifest", () => {
    fc.assert(
      fc.property(fc.oneof(mapsOf(manifestKeys), values), fc.boolean(), (plain, isSound) => {
        const whole = isSound && typeof plain === "object" ? { ...plain, services: {} } : plain;
        const { data, error } = manifestMap.safeParse(whole);
        const { input, issues } = judgeManifest(whole);
        expect(input).toEqual(data);
        expect(said(issues)).toEqual(said(error?.issues ?? []));
      }),
      { numRuns: 300 },
    );
  });

  it("of which only a manifest's services must be there", () => {
    expect(serviceMap.safeParse({}).success).toBe(true);
    expect(manifestMap.safeParse({ services: {} }).success).toBe(true);
  });
});
