import { expect, it } from "vitest";
import { wishOf } from "../../../src/plan/ports.ts";

const range = { from: 8000, to: 8010 };
const pool = { from: 9000, to: 9010, fallback: "os" } as const;
const given = { ...pool, isGiven: true } as const;

it.each<[...Parameters<typeof wishOf>, string]>([
  [{}, { source: "preferred", preferred: 3000 }, pool, "tcp 3000"],
  [{}, { source: "preferred", preferred: 3000 }, given, "tcp 3000 9000-9010"],
  [{}, { source: "preferred", preferred: 53, transport: "udp" }, pool, "udp 53"],
  [{}, { source: "auto", range }, given, "tcp auto 8000-8010"],
  [{}, { source: "auto" }, pool, "tcp auto 9000-9010"],
  [{ host: "::1" }, { source: "dynamic" }, given, "tcp dynamic ::1"],
])("with %j, %j and the pool %j it is %s", (service, endpoint, from, words) => {
  expect(wishOf(service, endpoint, from)).toBe(words);
});
