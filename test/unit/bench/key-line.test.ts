import { expect, test } from "vitest";
import { keyLine } from "../../../bench/peers/scenarios/key-line.ts";

const about = [/line \d/, /unexpected/];

test("takes the surest line, wherever it stands", () => {
  expect(keyLine("unexpected end\nbad at line 4\n", about, [])).toBe("bad at line 4");
});

test("takes any complaint rather than none", () => {
  expect(keyLine("starting\nan error of some kind\n", about, [])).toBe("an error of some kind");
  expect(keyLine("starting\nall is well\n", about, [])).toBeUndefined();
  expect(keyLine("warning: error reports are off\n", about, [])).toBeUndefined();
});

test("leaves out what differs from run to run", () => {
  const printed = "2026-01-02T10:20:30.123Z /tmp/job-1/a.yaml: unexpected thing on 4711 (pid 99)";
  expect(keyLine(printed, about, ["/tmp/job-1"], ["4711"])).toBe("a.yaml: unexpected thing on N (pid N)");
});

test("does not quote a stack", () => {
  expect(keyLine("    at unexpected (file.js:1:2)\nunexpected token\n", about, [])).toBe("unexpected token");
});

test("does not take a time of day for the number of a line", () => {
  expect(keyLine("10:20:30 all is well", [/:\d+:\d+/], [])).toBeUndefined();
});

test("fits into a cell of a table", () => {
  const line = keyLine(`unexpected \`a|b\` ${"long ".repeat(100)}`, about, []);
  expect(line).toMatch(/^unexpected 'a\/b' long .*…$/);
  expect(line?.length).toBe(140);
});
