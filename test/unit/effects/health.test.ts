import { describe, expect, test } from "vitest";
import type { Service } from "../../../src/core/service.ts";
import { describeAddress, hostsOf, httpTarget, mainPort, tcpTarget } from "../../../src/effects/health/address.ts";
import { matchLog } from "../../../src/effects/health/log.ts";
import { nextPoll, type Pace } from "../../../src/effects/health/schedule.ts";
import { count, healthy, type Tally } from "../../../src/effects/health/tally.ts";

describe("polling a service that starts", () => {
  function pollTimes(pace: Pace, until: number): number[] {
    const times = [0];
    let pause = 0;
    for (let at = 0; at < until; times.push(at)) {
      pause = nextPoll(pace, at, pause);
      at += pause;
    }
    return times;
  }

  test("goes on every 10 ms in the first second, then ever more slowly up to 250 ms", () => {
    const times = pollTimes("connect", 2500);
    expect(times.slice(0, 102).every((at, index) => at === index * 10 || index > 100)).toBe(true);
    expect(times.slice(100)).toEqual([1000, 1020, 1060, 1140, 1300, 1550, 1800, 2050, 2300, 2550]);
  });

  test("looks every 3 ms where nobody is disturbed by it", () => {
    expect(pollTimes("look", 9)).toEqual([0, 3, 6, 9]);
    expect(nextPoll("look", 1000, 3)).toBe(20);
  });
});

describe("polling a service that has answered", () => {
  test("leaves it alone for 250 ms, however young it is", () => {
    for (const sinceSpawn of [0, 999, 5000]) expect(nextPoll("ask", sinceSpawn, 0)).toBe(250);
    expect(nextPoll("connect", 2000, 250)).toBe(250);
  });
});

describe("a tally of health", () => {
  function run(results: string): string {
    let tally: Tally = healthy;
    return Array.from(results, (result) => {
      tally = count(tally, result === "+", { success: 2, failures: 3 });
      return tally.healthy ? "H" : "u";
    }).join("");
  }

  test("turns after the given number of consecutive results", () => {
    expect(run("+---++")).toBe("HHHuuH");
  });

  test("starts anew with the opposite result", () => {
    expect(run("--+--+---")).toBe("HHHHHHHHu");
    expect(run("---+-+-++")).toBe("HHuuuuuuH");
  });
});

describe("where a probe goes", () => {
  const service = {
    scheme: "http",
    endpoints: [
      { name: "main", source: "preferred", fixed: false, onConflict: "ask" },
      { name: "admin", source: "auto", fixed: false, onConflict: "ask" },
    ],
  } as unknown as Service;
  const ports = { main: 4000, admin: 4001 };
  const both = ["127.0.0.1", "::1"];

  test("is either loopback address, unless the service binds a certain one", () => {
    expect(hostsOf(undefined)).toEqual(both);
    expect(hostsOf("localhost")).toEqual(both);
    expect(hostsOf("0.0.0.0")).toEqual(both);
    expect(hostsOf("::")).toEqual(["::1", "127.0.0.1"]);
    expect(hostsOf("127.0.0.2")).toEqual(["127.0.0.2"]);
    expect(hostsOf("[::1]")).toEqual(["::1"]);
  });

  test("follows endpoint names, ports and addresses for tcp", () => {
    expect(tcpTarget("admin", service, ports)).toEqual({ hosts: both, port: 4001 });
    expect(tcpTarget("5432", service, ports)).toEqual({ hosts: both, port: 5432 });
    expect(tcpTarget("10.0.0.5:80", service, ports)).toEqual({ hosts: ["10.0.0.5"], port: 80 });
    expect(tcpTarget("[::1]:80", service, ports)).toEqual({ hosts: ["::1"], port: 80 });
    expect(tcpTarget("nothing", service, ports)).toBeUndefined();
    expect(tcpTarget("70000", service, ports)).toBeUndefined();
  });

  test("is a path on the main endpoint or a whole URL for http", () => {
    expect(httpTarget("/a b?c=d", service, ports)).toEqual({
      hosts: both,
      port: 4000,
      secure: false,
      path: "/a%20b?c=d",
    });
    expect(httpTarget("https://localhost/x", service, ports)).toEqual({
      hosts: both,
      port: 443,
      secure: true,
      path: "/x",
      named: "localhost",
    });
    expect(httpTarget("/x", { ...service, scheme: "https" }, ports)?.secure).toBe(true);
    expect(httpTarget("/x", service, {})).toBeUndefined();
  });

  test("is the first endpoint where none is called main", () => {
    const named = { ...service, endpoints: service.endpoints.slice(1) } as Service;
    expect(mainPort(named, { admin: 4001 })).toBe(4001);
  });

  test("is written with brackets around IPv6", () => {
    expect(describeAddress("::1", 80)).toBe("[::1]:80");
    expect(describeAddress("127.0.0.1", 80)).toBe("127.0.0.1:80");
  });
});

describe("a pattern in a service's output", () => {
  const piece = (text: string, continued = false) =>
    ({ bytes: Buffer.from(text), continued, origin: "program" }) as const;

  test("is found in so many lines, however many there are in a batch", () => {
    const log = matchLog("up", 3);
    log.see(piece("up\ndown\nup up\n"));
    expect([log.matched(), log.found.given()]).toEqual([2, false]);
    log.see(piece("up\n"));
    expect(log.found.given()).toBe(true);
  });

  test("is found in a line that comes in pieces, and counts once for it", () => {
    const log = matchLog("is up", 2);
    log.see(piece("it i"));
    log.see(piece("s up", true));
    expect(log.matched()).toBe(1);
    log.see(piece(" since noon, and is up\nnext\n", true));
    expect([log.matched(), log.found.given()]).toEqual([1, false]);
    log.see(piece("it is up\n"));
    expect(log.found.given()).toBe(true);
  });

  test("is looked for in what a line that returns to its start shows last", () => {
    const log = matchLog("^compiled$");
    log.see(piece("\rbuild 1"));
    expect(log.found.given()).toBe(false);
    log.see(piece("\rcompiled", true));
    expect(log.found.given()).toBe(true);
  });
});
