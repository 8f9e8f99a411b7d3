import { expect, test } from "vitest";
import { partsOf, readProfile } from "../../../bench/profile-parts.ts";

const script = [
  "(function(){",
  "// src/manifest/resolve/ports.ts",
  "function ports() {}",
  "// ../node_modules/@scope/thing/index.js",
  "function thing() {}",
  "// src/core/step.ts",
  "function step() {}",
].join("\n");

/** A profile of these functions, each called by the one before it, with a sample of 2 ms in each. */
function profileOf(...frames: readonly (readonly [name: string, url: string, line: number])[]) {
  const nodes = frames.map(([functionName, url, lineNumber], index) => ({
    id: index + 1,
    callFrame: { functionName, url, lineNumber },
    children: index + 1 < frames.length ? [index + 2] : [],
  }));
  const samples = nodes.map(({ id }) => id);
  return readProfile(JSON.stringify({ startTime: 1_000_000, nodes, samples, timeDeltas: samples.map(() => 2000) }));
}

const all = { from: 0, to: Number.POSITIVE_INFINITY };

test("time goes to the floor or package of the function, and native time to its caller", () => {
  const profile = profileOf(
    ["(root)", "", -1],
    ["load", "file:///x/dist/main.cjs", 3],
    ["ports", "/x/dist/launch.cjs", 2],
    ["readFileSync", "node:fs", 10],
    ["thing", "/x/dist/launch.cjs", 4],
    ["step", "/x/dist/launch.cjs", 6],
    ["(garbage collector)", "", -1],
  );
  expect(Object.fromEntries(partsOf(profile, script, all))).toEqual({
    "Node itself": 2,
    "reading the script and its code cache": 2,
    "src/manifest/resolve": 4,
    "@scope/thing": 2,
    "src/core": 2,
    "garbage collection": 2,
  });
});

test("what is outside the window does not count", () => {
  const profile = profileOf(["(root)", "", -1], ["step", "/x/dist/launch.cjs", 6], ["step", "/x/dist/launch.cjs", 6]);
  expect(profile.endedAt).toBe(1006);
  expect(Object.fromEntries(partsOf(profile, script, { from: 1003, to: 1005 }))).toEqual({ "src/core": 2 });
});
