// What to do about a text that is no YAML, or too much of it.

import { expect, it } from "vitest";
import { parseYaml } from "../../../src/manifest/yaml/parse.ts";

it.each([
  ["a: x\0", "Remove it, or save the file as UTF-8 text."],
  ["a: 1\n---\nb: 2", "Keep one document a file; merge files with `-f a.yaml -f b.yaml`, or use `include:`."],
  ["a:\n\tb: 1", "YAML indents with spaces only."],
  ["a: b: c", 'Quote a value that has ": " in it; if it is a key, check its indentation.'],
  ['a: "x', "Close it. A quote inside is written as \\\" between double quotes, as '' between single ones."],
  ["a:\n  b: [x\n  c: 1", "Close it, or indent its further lines more than the line that it begins in."],
  ["a: [x]]", "Remove it."],
  ["a:\n  b: 1\n c: 2", "The keys of one map begin in one column, and so do the items of a list."],
  ["a:\n  b c\n  d: 1", "Write the colon; or indent it more than the key above, if it goes on with that key's value."],
  ["a: 'x' y", "Put quotes around the whole value, or remove what follows."],
  ["a: {b: c d: 1}", "Put a comma between two entries, or quotes around a value that has a colon in it."],
  [`a: [${"1,".repeat(100_001)}]`, "Manifests are written by hand; split a large one with `include:`."],
])("%.30s", (text, remedy) => {
  expect(parseYaml(text, "/services.yaml").problems[0]?.remedy).toBe(remedy);
});
