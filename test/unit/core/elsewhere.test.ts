import { describe, expect, test } from "vitest";
import { describeElsewhere, type OwnSocket } from "../../../src/core/elsewhere.ts";

const tcp = (port: number, address = "127.0.0.1"): OwnSocket => ({ port, address });
const udp = (port: number): OwnSocket => ({ port, address: "0.0.0.0", transport: "udp" });

/** What is said of a service that was given 3001 as `$PORT` and 9000 for something else. */
function said(...own: readonly OwnSocket[]): string | undefined {
  return describeElsewhere({ port: 3001, variable: "PORT", given: [3001, 9000] }, own);
}

describe("a service that is not found where it was told to be", () => {
  test("listens on another port, or several", () => {
    expect(said(tcp(3000))).toBe("it listens on 3000, not 3001; does it use $PORT?");
    expect(said(tcp(3000), tcp(3000, "::1"))).toBe("it listens on 3000, not 3001; does it use $PORT?");
    expect(said(tcp(3000), tcp(9229))).toBe("it listens on 3000 and 9229, not 3001; does it use $PORT?");
    const many = [1, 2, 3, 4, 5].map((port) => tcp(port));
    expect(said(...many)).toBe("it listens on 1, 2, 3 and 2 more, not 3001; does it use $PORT?");
  });

  test("is not asked for a variable that it has not got", () => {
    expect(describeElsewhere({ port: 3001, variable: undefined, given: [] }, [tcp(3000)])).toBe(
      "it listens on 3000, not 3001",
    );
  });

  test("listens on another address, which says more than another port", () => {
    expect(said(tcp(3000), tcp(3001, "192.0.2.2"))).toBe("it listens on 192.0.2.2 only: say `host: 192.0.2.2`");
    expect(said(tcp(3001, "192.0.2.2"), tcp(3001, "::1"))).toBe(
      "it listens on 192.0.2.2 and ::1 only: say `host: 192.0.2.2`",
    );
  });

  test("has a UDP port open instead", () => {
    expect(said(udp(3001))).toBe(
      "it has UDP port 3001 open, and listens on no TCP port of that number: say `protocol: udp`",
    );
    expect(said(udp(5353))).toBeUndefined();
  });

  test("has a TCP port open instead of one of UDP, whose ports from the system say nothing", () => {
    const expected = { port: 3001, transport: "udp", variable: "PORT", given: [3001] } as const;
    expect(describeElsewhere(expected, [tcp(3001)])).toBe("it listens on TCP port 3001: leave out `protocol: udp`");
    expect(describeElsewhere(expected, [{ ...udp(3001), address: "192.0.2.2" }])).toBe(
      "it listens on 192.0.2.2 only: say `host: 192.0.2.2`",
    );
    expect(describeElsewhere(expected, [udp(40_000), tcp(3000)])).toBeUndefined();
  });

  test("has another port of UDP open than it was given", () => {
    const expected = { port: 3001, transport: "udp", variable: "PORT", given: [3001] } as const;
    expect(describeElsewhere(expected, [udp(3000), udp(40_000), tcp(3002)])).toBe(
      "it listens on UDP port 3000, not 3001; does it use $PORT?",
    );
  });

  test("is not found at all, or on the other ports that it was given", () => {
    expect(said()).toBeUndefined();
    expect(said(tcp(9000))).toBeUndefined();
  });
});
