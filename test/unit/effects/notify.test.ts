import { expect, test } from "vitest";
import { readWord } from "../../../src/effects/health/notify.ts";

test.each([
  ["", { kind: "ready" }],
  ["READY=1", { kind: "ready" }],
  ["READY=0", undefined],
  ["READY", undefined],
  ["WATCHDOG=1", { kind: "alive" }],
  ["WATCHDOG=trigger", { kind: "broken" }],
  ["STOPPING=1", { kind: "stopping" }],
  ["STATUS=half = way", { kind: "status", text: "half = way" }],
  ["STATUS=", { kind: "status", text: "" }],
  ["STATUS=\u001B[31mred\u001B[0m", { kind: "status", text: "red" }],
  ["EXTEND_TIMEOUT_USEC=2500000", { kind: "extend", by: 2500 }],
  ["EXTEND_TIMEOUT_USEC=-1", undefined],
  ["EXTEND_TIMEOUT_USEC=9999999999999999", { kind: "extend", by: 86_400_000 }],
  ["MAINPID=1", undefined],
  ["=", undefined],
  ["hello", undefined],
])("%j means %j", (line, word) => {
  expect(readWord(line)).toEqual(word);
});

test("a long status is cut", () => {
  expect(readWord(`STATUS=${"x".repeat(1000)}`)).toEqual({ kind: "status", text: "x".repeat(200) });
});
