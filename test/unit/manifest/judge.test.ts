import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type * as z from "zod/mini";
import { judgeService } from "../../../src/manifest/judge.ts";
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
const services = fc.dictionary(fc.constantFrom(...Object.keys(serviceKeys), "comand", "x", "__proto__"), values, {
  maxKeys: 6,
  noNullPrototype: true,
});

describe("judging a service", () => {
  it("says what the schema says, though it asks only after the keys that are there", () => {
    fc.assert(
      fc.property(fc.oneof(services, values), (plain) => {
        const { data, error } = serviceMap.safeParse(plain);
        const { input, issues } = judgeService(plain);
        expect(input).toEqual(data);
        const said = (all: readonly z.core.$ZodIssue[]): readonly string[] =>
          all
            .map(
              (issue) =>
                `${issue.path.join(".")} ${issue.code === "unrecognized_keys" ? issue.keys.toSorted().join() : issue.message}`,
            )
            .toSorted();
        expect(said(issues)).toEqual(said(error?.issues ?? []));
      }),
      { numRuns: 2000 },
    );
  });

  it("misses no key: each may be absent", () => {
    expect(serviceMap.safeParse({}).success).toBe(true);
  });
});
