import { dirname } from "node:path";
import { expect, it } from "vitest";
import { socketPaths } from "../../../src/control/address.ts";
import { runsDirectory } from "../../../src/effects/state/registry.ts";

it("the socket is beside the state, or else in the user's private directory", () => {
  const [beside, elsewhere] = socketPaths("/nowhere/project/.launch");
  expect(beside).toBe("/nowhere/project/.launch/control.sock");
  expect(dirname(elsewhere!)).toBe(runsDirectory());
});

it("a path that the system cannot hold is left out, counted in bytes", () => {
  const fits = `/${"é".repeat(46)}`;
  expect(Buffer.byteLength(`${fits}x/control.sock`)).toBe(107);
  expect(socketPaths(`${fits}x`)[0]).toBe(`${fits}x/control.sock`);
  expect(socketPaths(`${fits}xy`)).toHaveLength(1);
  expect(dirname(socketPaths(`${fits}xy`)[0]!)).toBe(runsDirectory());
});

it("directories with the same end have sockets of their own", () => {
  const long = "x".repeat(200);
  expect(socketPaths(`/a/${long}`)).not.toEqual(socketPaths(`/b/${long}`));
});
