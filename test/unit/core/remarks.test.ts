// What is said of each change of state.

import { describe, expect, it } from "vitest";
import { remarksOn } from "../../../src/core/remarks.ts";
import { newFleet, type Member, type State } from "../../../src/core/state.ts";
import { conflict, external, rules, service, task, type ServiceWords } from "./fleet.ts";

function memberOf(words: Partial<Member> = {}): Member {
  const member = newFleet([words.service ?? service("api")], rules()).members["api"];
  return { ...member!, wanted: true, run: 1, ...words };
}

/** What is said at 1000 when this becomes that. */
function said(before: Partial<Member>, after: Partial<Member>): readonly string[] {
  const change = { before: memberOf(before), after: memberOf({ ...before, ...after }) };
  return remarksOn(change, 1000).map(({ tone, text }) => `${tone}: ${text}`);
}

const started: State = { status: "started", run: 1, since: 500 };
const ready: State = { status: "ready", run: 1, since: 600, verified: true };
const stopping = (after: Extract<State, { status: "stopping" }>["after"]): State => ({
  ...ready,
  status: "stopping",
  deadline: 5000,
  killed: false,
  after,
});
const exit = (code: number | null, signal: string | null = null) =>
  ({ exit: { code, signal } }) as Extract<Member["lastEnd"], { exit: unknown }>;
const failure = { kind: "exit", ...exit(1) } as const;

describe("of a run that begins", () => {
  it.each<[string, Partial<Member>, string]>([
    ["the first", {}, "plain: starting"],
    ["one that follows by request", { run: 2 }, "plain: starting"],
    ["one that follows an end", { run: 3, restarts: 2 }, "plain: starting again (restart 2)"],
    ["what was adopted", { adopted: true }, "plain: taken as already running"],
    ["what runs elsewhere", { service: external("api") }, "plain: runs elsewhere, waiting for it"],
  ])("%s", (_, words, text) => {
    const { run = 1 } = words;
    const state: State = { status: "starting", run, since: 900 };
    expect(said({ ...words, run: run - 1 }, { run, state })).toEqual([text]);
  });

  it("that it lives is not worth a word", () => {
    expect(said({ state: { status: "starting", run: 1, since: 100 } }, { state: started })).toEqual([]);
  });
});

describe("of one that is up", () => {
  it.each<[Partial<Member>, boolean, string]>([
    [{}, true, "good: ready after 500ms"],
    [{ ports: { main: 3000 } }, true, "good: ready after 500ms on port 3000"],
    [{ ports: { main: 3000, ws: 3001 } }, true, "good: ready after 500ms on port 3000, ws 3001"],
    [{}, false, "good: ready after 500ms (whose socket answers could not be verified)"],
  ])("with %o, verified: %s", (words, verified, text) => {
    expect(said({ state: started, ...words }, { state: { ...ready, since: 1000, verified } })).toEqual([text]);
  });

  it("what comes to light later", () => {
    const slow = { service: service("api", { readyTimeout: 30_000 }), state: started };
    expect(said({ ...slow, probeReason: "refused" }, { slow: true })).toEqual([
      "warn: still not ready after 30s: refused",
    ]);
    expect(said(slow, { slow: true })).toEqual(["warn: still not ready after 30s: no probe has answered yet"]);
    expect(said({ ...slow, slow: true }, { probeReason: "refused" })).toEqual([]);
    expect(said({ state: ready }, { staleEnv: true })).toEqual([
      "warn: was told a port that has moved since; restart it to learn the new one",
    ]);
    expect(said({ state: ready, staleEnv: true }, { slow: false })).toEqual([]);
    expect(said({ state: ready }, { state: started, probeReason: "refused" })).toEqual([
      "warn: no longer answers: refused",
    ]);
    expect(said({ state: ready }, { state: started })).toEqual(["warn: no longer answers: unknown"]);
  });

  it("its health, unless the state says more", () => {
    const ill = { health: { status: "unhealthy", reason: "answered 503", since: 900 } } as unknown as Partial<Member>;
    const well: Partial<Member> = { health: { status: "healthy" } };
    expect(said({ state: ready, ...well }, ill)).toEqual(["bad: unhealthy: answered 503"]);
    expect(said({ state: ready, ...ill }, well)).toEqual(["good: healthy again"]);
    expect(said({ state: ready }, well)).toEqual([]);
    expect(said({ state: ready, ...well }, { ...ill, state: stopping({ kind: "rest" }) })).toEqual(["plain: stopping"]);
  });
});

describe("of one that is stopped", () => {
  it.each<[State & { status: "stopping" }, readonly string[]]>([
    [stopping({ kind: "rest" }) as never, ["plain: stopping"]],
    [stopping({ kind: "block", conflicts: [] }) as never, ["bad: stopping: someone else answers on its port"]],
    [stopping({ kind: "judge", end: exit(1) }) as never, ["plain: stopping"]],
    [
      stopping({ kind: "judge", end: { failure: { kind: "unhealthy", reason: "answered 503" } } }) as never,
      ["bad: unhealthy: answered 503", "plain: stopping"],
    ],
  ])("why: %o", (state, words) => {
    expect(said({ state: ready }, { state })).toEqual(words);
  });

  it.each<[Partial<Member>, string]>([
    [{}, ""],
    [{ lastEnd: exit(0) }, ""],
    [{ lastEnd: exit(3) }, " (exit code 3)"],
    [{ lastEnd: exit(143) }, ""],
    [{ lastEnd: exit(130) }, " (exit code 130 (SIGINT))"],
    [{ lastEnd: exit(null, "SIGTERM") }, ""],
    [{ lastEnd: exit(null, "SIGKILL") }, " (killed, it did not end in time)"],
    [{ lastEnd: { failure: { kind: "did-not-stop" } } }, ""],
  ])("how it ended: %o", (words, text) => {
    const state = { ...stopping({ kind: "rest" }), since: 700 } as State;
    expect(said({ state }, { ...words, state: { status: "idle" } })).toEqual([`plain: stopped${text} after 300ms`]);
  });

  it("that it is at rest is not worth a word where it did not run", () => {
    expect(said({ state: { status: "backoff", until: 2000, failure } }, { state: { status: "idle" } })).toEqual([]);
  });
});

describe("of one that has ended by itself", () => {
  const backoff: State = { status: "backoff", until: 1100, failure };

  it.each<[Partial<Member>, readonly string[]]>([
    [{ restarts: 1, lastEnd: exit(1) }, ["bad: ended with exit code 1"]],
    [{ restarts: 1 }, []],
    [{ lastEnd: exit(1) }, []],
  ])("how, and when it starts again: %o", (words, crash) => {
    expect(said({ state: ready }, { ...words, state: backoff })).toEqual([...crash, "warn: starts again in 100ms"]);
  });

  it("what was wrong with an end that looks like a success", () => {
    const early = { kind: "ended-early", ...exit(0) } as const;
    expect(said({ state: ready }, { restarts: 1, lastEnd: exit(0), state: { ...backoff, failure: early } })).toEqual([
      "bad: ended with exit code 0 before it was ready",
      "warn: starts again in 100ms",
    ]);
  });

  it.each<[Partial<Member>, readonly string[]]>([
    [{ lastEnd: exit(3) }, ["bad: ended with exit code 3", "plain: starting again (restart 1)"]],
    [
      { lastEnd: { failure: { kind: "unwatched" } } },
      [expect.stringMatching(/^bad: /) as never, expect.anything() as never],
    ],
  ])("how, where it starts again at once: %o", (words, remarks) => {
    const state: State = { status: "starting", run: 2, since: 1000 };
    expect(said({ state: ready }, { ...words, restarts: 1, run: 2, state })).toEqual(remarks);
  });

  it("not again what was said when launch ended it", () => {
    const words = { kind: "unhealthy", reason: "answered 503" } as const;
    const before = { state: stopping({ kind: "judge", end: { failure: words } }) };
    expect(said(before, { restarts: 1, lastEnd: { failure: words }, state: backoff })).toEqual([
      "warn: starts again in 100ms",
    ]);
  });

  it.each<[ServiceWords & { readonly isTask?: true }, State, string]>([
    [{ isTask: true }, { status: "exited", ...exit(0) }, "good: completed after 400ms"],
    [{}, { status: "exited", ...exit(0) }, "good: ended with exit code 0"],
    [{}, { status: "failed", failure }, "bad: failed: ended with exit code 1"],
    [{}, { status: "failed", failure: { kind: "skipped" } }, "bad: skipped"],
    [
      {},
      { status: "failed", failure: { kind: "conflict", conflict: conflict("api", 3000) } },
      "bad: failed: port 3000 is taken",
    ],
  ])("with %o: %o", ({ isTask }, state, text) => {
    const as = isTask === true ? task("api") : service("api");
    expect(said({ service: as, state: ready }, { state })).toEqual([text]);
  });

  it("one line for each port that is in the way", () => {
    const state: State = { status: "blocked", conflicts: [conflict("api", 3000), conflict("api", 3001)] };
    expect(said({ state: { status: "idle" } }, { state })).toEqual([
      'bad: blocked: port 3000 is held by node (pid 4711, "node vite")',
      'bad: blocked: port 3001 is held by node (pid 4711, "node vite")',
    ]);
  });
});
