import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { socketPaths } from "../../../src/control/address.ts";
import { runsDirectory } from "../../../src/effects/state/registry.ts";

const here = import.meta.dirname;

it("the socket is beside the state, or else in the user's private directory", () => {
  const [beside, elsewhere] = socketPaths(here);
  expect(beside).toBe(join(here, "control.sock"));
  expect(dirname(elsewhere!)).toBe(runsDirectory());
});

it("each directory has its own, whatever it is called", () => {
  expect(socketPaths(join(here, ".."))[1]).not.toBe(socketPaths(here)[1]);
  expect(socketPaths(join(here, "../control/."))).toEqual(socketPaths(here));
});

it("where there is no directory there is no socket", () => {
  expect(socketPaths("/nowhere/project/.launch")).toEqual([]);
});
