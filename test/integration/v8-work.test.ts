import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const module = JSON.stringify(new URL("../../src/effects/v8-work.ts", import.meta.url).href);
// Bits of V8's own answer: compiled by Maglev or by Turbofan.
const script = `
  import { putOffV8Work } from ${module};
  const heat = new Function("count", "let sum = 0; for (let at = 0; at < count; at++) sum += at % 7; return sum");
  const isOptimized = new Function("heat", "return (%GetOptimizationStatus(heat) & ((1 << 4) | (1 << 5))) !== 0");
  const use = () => { for (let turn = 0; turn < 3000; turn++) heat(1000); return isOptimized(heat); };
  const later = putOffV8Work();
  const before = use();
  later[Symbol.dispose]();
  for (let turn = 0; turn < 100 && !isOptimized(heat); turn++) { use(); await new Promise((next) => setTimeout(next, 5)); }
  console.log(before, isOptimized(heat));`;

test("what is hot is not optimized meanwhile, and is afterwards", () => {
  const flags = ["--allow-natives-syntax", "--disable-warning=ExperimentalWarning", "--input-type=module"];
  expect(execFileSync(process.execPath, [...flags, "-e", script], { encoding: "utf8" })).toBe("false true\n");
});
