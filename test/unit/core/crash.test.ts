import { describe, expect, it } from "vitest";
import { remarksOn } from "../../../src/core/remarks.ts";
import { nextDeadline } from "../../../src/core/time.ts";
import { wordOf } from "../../../src/core/word.ts";
import { service, task } from "./fleet.ts";
import { play, type Play } from "./play.ts";

const looping = () => play([service("api", { restart: { delay: 1000, maxRestarts: 50 } })]);
const word = (p: Play): string => wordOf(p.member("api"));

function crash(p: Play, code = 3, words = "KeyError: 'secret_key'"): void {
  p.send({
    type: "exited",
    service: "api",
    run: p.member("api").run,
    end: { exit: { code, signal: null } },
    words,
    left: false,
  });
}

describe("a crash loop", () => {
  it("has one word in its pauses, in its tries and in the first seconds of a try that went well", () => {
    const p = looping();
    p.up("api");
    p.started("api");
    const words = new Set<string>();
    for (let round = 0; round < 5; round++) {
      crash(p);
      words.add(word(p));
      while (p.state("api").status === "backoff") p.wait(100);
      words.add(word(p));
      p.started("api");
      words.add(word(p));
      p.unready("api", "no line matched");
      words.add(word(p));
      p.ready("api");
      words.add(word(p));
      p.wait(9000);
      words.add(word(p));
    }
    expect([...words]).toEqual(["crashing"]);
  });

  it("is told with the count, the exit code and the last words, and not by the ready pattern", () => {
    const p = looping();
    p.up("api");
    p.started("api");
    for (let round = 0; round < 3; round++) {
      crash(p);
      while (p.state("api").status === "backoff") p.wait(100);
      p.started("api");
      p.unready("api", "no line matched");
    }
    expect(p.why("api")).toEqual([
      "api is crashing: ended with exit code 3, 3 times; its last words: KeyError: 'secret_key'; not ready after 0ms of this try",
    ]);
  });

  it("has the same word while what is left of a try is ended, but not while a person stops it", () => {
    const p = looping();
    p.up("api");
    p.started("api");
    crash(p);
    p.wait(1000);
    p.started("api");
    p.exited("api", 3, true);
    expect(p.state("api").status).toBe("stopping");
    expect(word(p)).toBe("crashing");
    expect(p.why("api")[0]).toContain("; the last try is being ended");
    p.down("api");
    expect(word(p)).toBe("stopping");
  });

  it("says of different ends how many there were, and the last", () => {
    const p = looping();
    p.up("api");
    for (const code of [1, 2]) {
      p.started("api");
      crash(p, code);
      if (code === 1) while (p.state("api").status === "backoff") p.wait(100);
    }
    expect(p.why("api")[0]).toContain("api is crashing: 2 times, last: ended with exit code 2; its last words:");
  });

  it("is over once the service has been ready for ten seconds, which is said", () => {
    const p = looping();
    p.up("api");
    p.started("api");
    crash(p);
    while (p.state("api").status === "backoff") p.wait(100);
    p.serves("api");
    const before = p.member("api");
    p.wait(9999);
    expect(word(p)).toBe("crashing");
    p.wait(1);
    expect(word(p)).toBe("ready");
    expect(remarksOn({ before, after: p.member("api") }, 0)).toEqual([
      { tone: "good", text: "ready for 10s, no longer crashing" },
    ]);
    expect(nextDeadline(p.fleet)).toBeUndefined();
  });

  it.each(["restart", "down"] as const)("is forgotten when a person asks for a %s", (asked) => {
    const p = looping();
    p.up("api");
    p.started("api");
    crash(p);
    p[asked]("api");
    if (asked === "down") p.up("api");
    expect(word(p)).not.toBe("crashing");
  });

  it("is remembered when the whole run ends, for its last line", () => {
    const p = looping();
    p.up("api");
    p.started("api");
    crash(p);
    p.quit();
    expect(p.member("api")).toMatchObject({ crashes: { count: 1 }, lastWords: "KeyError: 'secret_key'" });
  });

  it("leaves nothing with a task that succeeds after all", () => {
    const p = play([task("api", { restart: { policy: "on-failure", delay: 1000, maxRestarts: 5 } })]);
    p.up("api");
    p.started("api");
    crash(p);
    expect(word(p)).toBe("crashing");
    p.wait(1000);
    p.started("api");
    p.exited("api", 0);
    expect(word(p)).toBe("completed");
    expect(p.member("api").crashes).toBeUndefined();
  });

  it("that was given up has failed, and says its last words as well", () => {
    const p = play([service("api", { restart: { delay: 0, maxRestarts: 1 } })]);
    p.up("api");
    p.started("api");
    crash(p);
    p.started("api");
    crash(p);
    expect(p.why("api")).toEqual([
      "api failed: crash loop: restarted 1 time within 2m, last: ended with exit code 3; its last words: KeyError: 'secret_key'",
    ]);
  });
});
