import { expect, test } from "vitest";
import { environmentOfOwn, ignoresHangup, openFilesIn } from "../../../src/effects/processes/inheritance.ts";

const limits = (soft: string): string => `Limit                     Soft Limit           Hard Limit           Units
Max processes             96365                96365                processes
Max open files            ${soft.padEnd(20)} 524288               files
Max locked memory         8388608              8388608              bytes
`;

test.each([
  ["1024", 1024],
  ["524288", 524_288],
  ["unlimited", undefined],
])("a soft limit of %s open files is read as %s", (soft, expected) => {
  expect(openFilesIn(limits(soft))).toBe(expected);
});

test("without a table of limits there is none", () => {
  expect(openFilesIn("")).toBeUndefined();
});

test.each([
  ["0000000000000001", true],
  ["0000000001001003", true],
  ["0000000001001000", false],
  ["8000000000000002", false],
])("of the mask of ignored signals %s SIGHUP is part: %s", (mask, expected) => {
  expect(ignoresHangup(`Name:\tsh\nSigBlk:\t0000000000000001\nSigIgn:\t${mask}\nSigCgt:\t0000000000000001\n`)).toBe(
    expected,
  );
});

test("a process that is gone ignores nothing", () => {
  expect(ignoresHangup("")).toBe(false);
});

test("another process of launch gets no options for Node, and is told of them for services", () => {
  const { NODE_OPTIONS, LAUNCH_INHERITANCE, ...rest } = environmentOfOwn({ PATH: "/bin", NODE_OPTIONS: "--inspect" });
  expect([NODE_OPTIONS, rest]).toEqual([undefined, { PATH: "/bin" }]);
  expect(JSON.parse(LAUNCH_INHERITANCE ?? "")).toMatchObject({ nodeOptions: "--inspect" });
});
