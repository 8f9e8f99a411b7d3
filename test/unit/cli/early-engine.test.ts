import { expect, test } from "vitest";
import { mayNeedEngine } from "../../../src/cli/early-engine.ts";

test.each([[], ["api", "web"], ["up"], ["-C", "somewhere", "--ascii"], ["-f", "other.yaml"]])(
  "in a terminal an engine is started early for launch %s %s",
  (...args) => {
    expect(mayNeedEngine(args, {}, true)).toBe(true);
    expect(mayNeedEngine(args, {}, false)).toBe(false);
    expect(mayNeedEngine(args, { CI: "true" }, true)).toBe(false);
    expect(mayNeedEngine(args, { TERM: "dumb" }, true)).toBe(false);
  },
);

test.each([["-d"], ["-qd", "api"], ["-D"], ["--detach"], ["--wait"]])(
  "in the background one is needed everywhere: launch %s %s",
  (...args) => {
    expect(mayNeedEngine(args, { CI: "true" }, false)).toBe(true);
  },
);

test.each([
  ["--check-only"],
  ["--plain"],
  ["--non-interactive", "--timeout=3s"],
  ["--json"],
  ["--help"],
  ["-h"],
  ["status"],
  ["attach", "api"],
  ["run", "--", "npm", "test"],
  ["kill", ":3000"],
  ["--engine"],
])("none is started for launch %s %s", (...args) => {
  expect(mayNeedEngine(args, {}, true)).toBe(false);
});
