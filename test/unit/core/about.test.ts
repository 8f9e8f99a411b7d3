import { expect, it } from "vitest";
import { aboutWords } from "../../../src/core/about.ts";

it.each([
  [{}, ""],
  [{ description: "the API" }, "the API"],
  [{ version: "1.2.0" }, "version 1.2.0"],
  [{ description: "the API", label: "production" }, "the API, production"],
  [{ description: "the API", version: "1.2.0", label: "production" }, "the API, version 1.2.0, production"],
])("of %o is said: %s", (service, words) => {
  expect(aboutWords(service)).toBe(words);
});
