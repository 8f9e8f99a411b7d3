// What the shell says of scripts that it cannot read; the words are the shell's own, so only that it says something is looked at.

import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { syntaxFaults } from "../../../src/effects/processes/shell-syntax.ts";
import { newProject } from "../../helpers/project.ts";

const good = [
  'test -e x && echo "1 ; 2" || node s.js >out 2>&1; sleep ${X:-1} &',
  "node server.js --port $PORT",
  "a || b; c &",
  "if a; then b; fi",
  "f() { a; }; f",
  "echo 'a\"b'",
  'echo "$(a "b" c)" "`d`"',
];
// The mistake of the one would mend that of the next.
const pairs = ["echo 'a", "b'", "(a", "b)", "cat <<E", "a )", 'echo "$(a"', 'b)"', "if a; then", "b; fi"];
const bad = [
  "a && && b",
  "a ;; b",
  "a >",
  "| a",
  "&& a",
  "a|done",
  "echo 'a",
  'echo "a',
  "echo $(a",
  'echo "$(a"',
  'echo "`a"',
  "a &&",
  "if a; then b",
  "(a",
  "a )",
  "for x in a; do b",
];

test("tells each script that cannot be read, and no other, in one line", async () => {
  const faults = await syntaxFaults([...good, ...bad, ...bad]);
  expect([...faults.keys()]).toEqual(bad);
  for (const words of faults.values()) expect(words).toMatch(/^\S[^\n]*$/);
});

test("takes no script for the rest of another", async () => {
  const faults = await syntaxFaults(pairs);
  expect([...faults.keys()]).toEqual(pairs.filter((script) => script !== "cat <<E"));
});

test("runs none of them", async () => {
  await using project = newProject({ services: {} });
  const file = project.path("made");
  expect(await syntaxFaults([`touch '${file}'; echo "$(touch '${file}')"`])).toEqual(new Map());
  expect(existsSync(file)).toBe(false);
});

test("asks nobody where there is nothing to ask", async () => {
  expect(await syntaxFaults(["node server.js", "sleep 1000"])).toEqual(new Map());
});
