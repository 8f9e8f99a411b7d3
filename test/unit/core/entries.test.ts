import { expect, it } from "vitest";
import { newEntries } from "../../../src/core/entries.ts";
import type { Entry } from "../../../src/core/event.ts";

const entry = (number: number, ended = false): Entry => ({
  number,
  time: number,
  event: { type: "woke", at: number, random: 0 },
  changes: [],
  ended,
});

const numbersOf = (entries: readonly Entry[]): readonly number[] => entries.map(({ number }) => number);

it("the latest 512 are kept, and a reader that asks for older ones begins with the oldest of them", async () => {
  const entries = newEntries();
  for (let number = 1; number <= 600; number++) entries.add(entry(number, number === 600));
  const kept = Array.from({ length: 512 }, (_, index) => index + 89);
  expect(numbersOf(entries.latest(1000))).toEqual(kept);
  expect(numbersOf(await Array.fromAsync(entries.read(1)))).toEqual(kept);
  expect(numbersOf(await Array.fromAsync(entries.read(598)))).toEqual([598, 599, 600]);
});

it("as many of the latest are given as are asked for", () => {
  const entries = newEntries([1, 2, 3].map((number) => entry(number)));
  expect([0, 1, 2, 9].map((count) => numbersOf(entries.latest(count)))).toEqual([[], [3], [2, 3], [1, 2, 3]]);
});

it("a reader has what is there and then what comes, up to the close", async () => {
  const entries = newEntries([entry(1)]);
  const read = Array.fromAsync(entries.read());
  entries.add(entry(2));
  await Promise.resolve();
  entries.add(entry(3));
  entries.close();
  expect(numbersOf(await read)).toEqual([1, 2, 3]);
});

it("a reader that goes while it hears, or comes because of what is heard, is told no more and not yet", () => {
  const entries = newEntries();
  const heard: string[] = [];
  using _first = entries.subscribe(({ number }) => {
    heard.push(`first ${number}`);
    if (number === 1) entries.subscribe((later) => heard.push(`late ${later.number}`));
    if (number === 2) second[Symbol.dispose]();
  });
  const second = entries.subscribe(({ number }) => heard.push(`second ${number}`));
  for (const number of [1, 2, 3]) entries.add(entry(number));
  expect(heard).toEqual(["first 1", "second 1", "first 2", "late 2", "first 3", "late 3"]);
});
