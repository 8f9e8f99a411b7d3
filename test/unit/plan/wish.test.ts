import { expect, it } from "vitest";
import { wishOf } from "../../../src/plan/ports.ts";

const range = { from: 8000, to: 8010 };

it.each<[Parameters<typeof wishOf>[0], Parameters<typeof wishOf>[1], string]>([
  [{}, { source: "preferred", preferred: 3000 }, "tcp 3000"],
  [{}, { source: "preferred", preferred: 53, transport: "udp" }, "udp 53"],
  [{}, { source: "auto", range }, "tcp auto 8000-8010"],
  [{ host: "::1" }, { source: "dynamic" }, "tcp dynamic ::1"],
])("with %j and %j it is %s", (service, endpoint, words) => {
  expect(wishOf(service, endpoint)).toBe(words);
});
