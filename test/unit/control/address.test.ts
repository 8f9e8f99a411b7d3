import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { socketPaths } from "../../../src/control/address.ts";

const here = import.meta.dirname;

it("the socket is beside the state, or else in the user's private directory", () => {
  const { dev, ino } = statSync(here);
  const elsewhere = process.platform === "linux" ? "/tmp" : tmpdir();
  expect(socketPaths(here)).toEqual([
    join(here, "control.sock"),
    join(elsewhere, `launch-${process.getuid!()}`, `${dev}-${ino}.sock`),
  ]);
});

it("each directory has its own, whatever it is called", () => {
  expect(socketPaths(join(here, ".."))[1]).not.toBe(socketPaths(here)[1]);
  expect(socketPaths(join(here, "../control/."))).toEqual(socketPaths(here));
});

it("where there is no directory there is no socket", () => {
  expect(socketPaths("/nowhere/project/.launch")).toEqual([]);
});
