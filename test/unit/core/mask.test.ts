import { expect, test } from "vitest";
import { withoutCredentials } from "../../../src/core/mask.ts";

test("user and password are taken out of URLs, and nothing else", () => {
  expect(withoutCredentials("GET http://u:p@localhost:80/a?b=c@d#e@f")).toBe("GET http://…@localhost:80/a?b=c@d#e@f");
  expect(withoutCredentials("http://u:${PASSWORD}@[::1]/ and https://u@b/")).toBe("http://…@[::1]/ and https://…@b/");
  expect(withoutCredentials("http://a@b:c@d/")).toBe("http://…@d/");
  for (const text of ["http://localhost:3000/@vite/client", "/health?to=a@b", "me@example.test", "http://h?x=//a@b"]) {
    expect(withoutCredentials(text)).toBe(text === "http://h?x=//a@b" ? "http://h?x=//…@b" : text);
  }
});
