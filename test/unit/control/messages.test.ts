import { expect, it } from "vitest";
import { checkMessage } from "../../../src/control/messages.ts";
import type { FromFace } from "../../../src/control/protocol.ts";

const known: readonly FromFace[] = [
  { type: "request", request: { type: "up", services: ["api"] } },
  { type: "request", request: { type: "down", services: [] } },
  { type: "request", request: { type: "restart", services: ["api", "web"] } },
  {
    type: "request",
    request: { type: "resolve", service: "api", choice: "next", because: "said so", restartUsers: true },
  },
  { type: "request", request: { type: "quit", by: "SIGINT", force: false } },
  { type: "ask", id: 1, question: { kind: "start", services: ["a*"], withNeeds: true } },
  { type: "ask", id: 2, question: { kind: "details", service: "api" } },
  { type: "ask", id: 3, question: { kind: "signal", service: "api", signal: "SIGUSR1" } },
  { type: "ask", id: 4, question: { kind: "remember", service: "api" } },
  { type: "ask", id: 5, question: { kind: "watching" } },
  { type: "ask", id: 6, question: { kind: "detach" } },
  { type: "ask", id: 7, question: { kind: "attach", service: "api", columns: 80, rows: 24 } },
  { type: "tty", data: "bHM=" },
  { type: "resize", columns: 0, rows: 0 },
];

it.each(known.map((message) => [JSON.stringify(message), message] as const))("%s is understood", (_, message) => {
  expect(checkMessage(message)).toEqual({ ok: true, message });
});

it.each([
  [{}, "type"],
  [{ type: "stop" }, "type"],
  [{ type: "request", request: { type: "claimed", service: "api", ports: {}, moves: [] } }, "request.type"],
  [{ type: "request", request: { type: "up", services: "api" } }, "request.services"],
  [{ type: "request", request: { type: "quit", by: "me", force: false } }, "request.by"],
  [{ type: "ask", id: 1, question: { kind: "signal", service: "api", signal: "SIGNOTHING" } }, "question.signal"],
  [{ type: "ask", id: 1, question: { kind: "signal", service: "api", signal: "constructor" } }, "question.signal"],
  [{ type: "ask", id: "1", question: { kind: "watching" } }, "id"],
  [{ type: "resize", columns: -1, rows: 5 }, "columns"],
  [{ type: "tty", data: 5 }, "data"],
])("%j is refused with words that say where: %s", (said, where) => {
  expect(checkMessage(said)).toMatchObject({ ok: false, words: expect.stringContaining(`because of ${where}:`) });
});

it("a refused question keeps its number", () => {
  expect(checkMessage({ type: "ask", id: 7, question: { kind: "dance" } })).toMatchObject({ ok: false, id: 7 });
  expect(checkMessage({ type: "ask", id: 7.5, question: { kind: "dance" } })).not.toHaveProperty("id");
});

it("words say what was expected", () => {
  expect(checkMessage({ type: "request", request: { type: "up", services: "api" } })).toMatchObject({
    words: "This is not understood, because of request.services: Invalid input: expected array, received string.",
  });
});

it.each<[string, (count: number) => object, number]>([
  ["names", (count) => ({ type: "request", request: { type: "up", services: Array(count).fill("a") } }), 10_000],
  ["letters of a name", (count) => ({ type: "request", request: { type: "up", services: ["a".repeat(count)] } }), 1000],
  ["columns", (columns) => ({ type: "resize", columns, rows: 1 }), 10_000],
  ["rows", (rows) => ({ type: "resize", columns: 1, rows }), 10_000],
  [
    "letters of a reason",
    (count) => ({
      type: "request",
      request: { type: "resolve", service: "a", choice: "next", because: "x".repeat(count), restartUsers: false },
    }),
    10_000,
  ],
])("so many %s are understood, and not one more", (_, message, most) => {
  expect(checkMessage(message(most)).ok).toBe(true);
  expect(checkMessage(message(most + 1)).ok).toBe(false);
});

it("a name has a letter, and a question a number that is not below 0", () => {
  expect(checkMessage({ type: "request", request: { type: "up", services: [""] } }).ok).toBe(false);
  expect(checkMessage({ type: "ask", id: 0, question: { kind: "watching" } }).ok).toBe(true);
  expect(checkMessage({ type: "ask", id: -1, question: { kind: "watching" } }).ok).toBe(false);
});
