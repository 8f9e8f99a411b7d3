// Who holds a port, in few words.

import { expect, it } from "vitest";
import type { HolderKnowledge } from "../../../src/core/conflict.ts";
import { describeHolder, nameHolder, programName } from "../../../src/core/failure.ts";

const node = { pid: 7, command: "/usr/bin/node vite" };
const project = { name: "shop", service: "web", root: "/shop" };

it.each<[HolderKnowledge, string]>([
  [{ kind: "process", holder: node }, "node, pid 7"],
  [{ kind: "process", holder: { ...node, project } }, "web of shop, pid 7"],
  [{ kind: "process", holder: { ...node, project: { ...project, own: true } } }, "web of this same run, pid 7"],
  [{ kind: "lease", project: { name: "shop", root: "/shop", pid: 8 } }, "shop, pid 8"],
  [{ kind: "lease" }, "another run of launch"],
])("%j is %s", (known, words) => {
  expect(nameHolder(known)).toBe(words);
});

it.each<HolderKnowledge>([
  { kind: "other-user", uid: 5 },
  { kind: "unknown" },
  { kind: "privileged" },
  { kind: "sibling", service: "web" },
])("%j has one way to be said", (known) => {
  expect(nameHolder(known)).toBe(describeHolder(known));
});

it("another user is called by name, or by number", () => {
  const words = (user?: string): string =>
    describeHolder({ kind: "other-user", uid: 5, ...(user !== undefined && { user }) });
  expect(words("ann")).toBe("held by user ann, whose processes may not be looked at");
  expect(words()).toBe("held by user 5, whose processes may not be looked at");
});

it("a long command is cut", () => {
  const held = (command: string): string => describeHolder({ kind: "process", holder: { pid: 7, command } });
  expect(held("x".repeat(80))).toContain(`"${"x".repeat(80)}"`);
  expect(held("x".repeat(81))).toContain(`"${"x".repeat(79)}…"`);
});

it.each([
  ["/usr/bin/node server.js", "node"],
  ["  node  x", "node"],
  ["node", "node"],
  ["", "a process"],
  ["/", "a process"],
])("the program of %j is %s", (command, name) => {
  expect(programName(command)).toBe(name);
});
