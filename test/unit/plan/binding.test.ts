import { describe, expect, it } from "vitest";
import { type Binding, bindingOf, overlaps, scopeOf } from "../../../src/plan/binding.ts";

const tcp = (host?: string): Binding => ({ port: 5000, ...(host !== undefined && { host }) });

describe("two servers on one number", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "127.0.0.1"],
    ["::", "127.0.0.1"],
    ["::", "0.0.0.0"],
    ["::", "::1"],
    [undefined, "127.0.0.2"],
    [undefined, "::1"],
    [undefined, undefined],
    ["localhost", "127.0.0.1"],
    ["::1", "0:0:0:0:0:0:0:1"],
    ["[::1]", "::1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["FE80::1", "fe80::1"],
  ])("on %s and %s contend", (one, other) => {
    expect(overlaps(tcp(one), tcp(other))).toBe(true);
    expect(overlaps(tcp(other), tcp(one))).toBe(true);
  });

  it.each([
    ["127.0.0.1", "127.0.0.2"],
    ["127.0.0.1", "::1"],
    ["0.0.0.0", "::1"],
    ["fe80::1", "fe80::2"],
  ])("on %s and %s do not", (one, other) => {
    expect(overlaps(tcp(one), tcp(other))).toBe(false);
    expect(overlaps(tcp(other), tcp(one))).toBe(false);
  });

  it("of TCP and UDP do not", () => {
    expect(overlaps(tcp(), { ...tcp(), transport: "udp" })).toBe(false);
    expect(overlaps({ ...tcp(), transport: "udp" }, { ...tcp(), transport: "udp" })).toBe(true);
  });
});

it("two numbers are two ports", () => {
  expect(overlaps({ port: 1 }, { port: 2 })).toBe(false);
});

it("an address has one spelling, and a name may be any address", () => {
  expect(["::0:1", "::ffff:7f00:1", "0.0.0.0", "::", "box.local", undefined].map(scopeOf)).toEqual([
    "::1",
    "127.0.0.1",
    "ipv4",
    "every",
    "every",
    "every",
  ]);
});

it("what a service binds is its host, the endpoint's protocol and the number", () => {
  expect(bindingOf({ host: "127.0.0.2" }, { transport: "udp" }, 53)).toEqual({
    host: "127.0.0.2",
    transport: "udp",
    port: 53,
  });
  expect(bindingOf({}, {}, 53)).toEqual({ port: 53 });
});
