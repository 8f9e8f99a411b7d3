import { describe, expect, it } from "vitest";
import { isAtLeast, isContinuation, levelOf } from "../../../src/core/level.ts";

describe("the level of a line", () => {
  it.each([
    ['{"level":"error","msg":"x"}', "error"],
    ['{"level":50,"time":1,"msg":"x"}', "error"],
    ['{"time":1,"level":30,"msg":"an error was avoided"}', "info"],
    ['{"level":60,"msg":"x"}', "error"],
    ['{"level":49,"msg":"x"}', "warn"],
    ['{"level":40,"msg":"x"}', "warn"],
    ['{"level":39,"msg":"x"}', "info"],
    ['{"level":30,"msg":"x"}', "info"],
    ['{"level":29,"msg":"x"}', "debug"],
    ['{"level":10,"msg":"x"}', "debug"],
    ['{"level":9,"msg":"x"}', undefined],
    ['{"severity":"WARNING","message":"x"}', "warn"],
    ['{"level":20,"msg":"x"}', "debug"],
    ["time=1 level=warn msg=x", "warn"],
    ['ts=2026-01-02 lvl="error" msg=x', "error"],
    ["[ERROR] x", "error"],
    ["[warn] x", "warn"],
    ["[12:00:01] [info] x", "info"],
    ["2026-01-02 03:04:05,678 WARN  com.example.Main - x", "warn"],
    ["2026-01-02T03:04:05Z ERROR x", "error"],
    ["2026-01-02T03:04:05.1Z  INFO server::http: listening", "info"],
    ["INFO:     Started server process [1]", "info"],
    ["DEBUG:root:x", "debug"],
    ["npm ERR! code 1", "error"],
    ["npm error code 1", "error"],
    ["npm warn deprecated x", "warn"],
    ["error: could not compile", "error"],
    ["error[E0308]: mismatched types", "error"],
    ["warning: unused variable", "warn"],
    ["src/a.ts(3,4): error TS2304: Cannot find name", "error"],
    ["E0101 12:00:00.000000 1 main.go:1] x", "error"],
    ["W0101 12:00:00.000000 1 main.go:1] x", "warn"],
    ["I0101 12:00:00.000000 1 main.go:1] x", "info"],
    ["TypeError: x is not a function", "error"],
    ["Uncaught ReferenceError: x is not defined", "error"],
    ["java.lang.NullPointerException: x", "error"],
    ['Exception in thread "main" java.lang.Exception', "error"],
    ["Traceback (most recent call last):", "error"],
    ["panic: runtime error: index out of range", "error"],
    ["thread 'main' panicked at src/main.rs:1:1:", "error"],
    ["fatal: not a git repository", "error"],
    ["[vite] Internal server error: x", "error"],
    ["2026-01-02 03:04:05.678 UTC [1] FATAL:  role does not exist", "error"],
    ["2026/01/02 03:04:05 [crit] 1#1: x", "error"],
    ["TRACE tower: x", "debug"],
    ["GET /api 200", undefined],
    ["compiled with 0 errors", undefined],
    ["no error found", undefined],
    ["GET /errors/ERROR-LIST.html 200", undefined],
    ["information about levels", undefined],
    ["", undefined],
  ] as const)("%s: %s", (text, expected) => expect(levelOf(text)).toBe(expected));

  it("counts as info where there is none", () => {
    expect(isAtLeast(undefined, "info")).toBe(true);
    expect(isAtLeast(undefined, "warn")).toBe(false);
    expect(isAtLeast("debug", "info")).toBe(false);
    expect(isAtLeast("error", "warn")).toBe(true);
    expect(isAtLeast("debug", "all")).toBe(true);
  });

  it.each([
    ["    at Object.<anonymous> (a.js:1:1)", true],
    ['  File "a.py", line 1, in <module>', true],
    ["Caused by: java.io.IOException: x", true],
    ["\t... 12 more", true],
    ["goroutine 1 [running]:", true],
    ["main.main()", true],
    ["}", true],
    ["GET /api 200", false],
    ["listening on 3000 (http)", false],
  ])("%s belongs to the line above: %s", (text, expected) => expect(isContinuation(text)).toBe(expected));
});
