import { describe, expect, test } from "vitest";
import { sentence, table } from "../../../src/cli/table.ts";

const head = ["service", "state", "why"];
const rows = [
  ["api", "crashing", "ended with exit code 3, 8 times; its last words: KeyError: secret_key; starts again in 7s"],
  ["web", "waiting", "waits for api to be ready"],
];

describe("a table", () => {
  test("has a line a row where nobody says how wide the terminal is", () => {
    expect(table(head, rows).split("\n")).toHaveLength(3);
  });

  test("breaks its last cells between words, below each other, where the terminal is narrow", () => {
    expect(`\n${table(head, rows, 60)}\n`).toBe(`
service  state     why
api      crashing  ended with exit code 3, 8 times; its last
                   words: KeyError: secret_key; starts again
                   in 7s
web      waiting   waits for api to be ready
`);
  });

  test("puts its last cells below their rows where too little is left beside them", () => {
    expect(`\n${table(head, rows, 45)}\n`).toBe(`
service  state     why
api      crashing
    ended with exit code 3, 8 times; its last
    words: KeyError: secret_key; starts again
    in 7s
web      waiting   waits for api to be ready
`);
  });

  test("leaves a word whole that is longer than a line", () => {
    expect(table(["a", "why"], [["x", "/a/very/long/path/to/some/log.txt is missing"]], 20)).toBe(
      "a  why\nx\n    /a/very/long/path/to/some/log.txt\n    is missing",
    );
  });
});

test.each([
  [40, "slow: ended after 6.9s: \u001b[31mended before\n  everything was up\u001b[39m"],
  [0, "slow: ended after 6.9s: \u001b[31mended before everything was up\u001b[39m"],
  [undefined, "slow: ended after 6.9s: \u001b[31mended before everything was up\u001b[39m"],
])("a sentence in %s columns", (columns, shown) => {
  expect(sentence("slow: ended after 6.9s: \u001b[31mended before everything was up\u001b[39m", columns)).toBe(shown);
});
