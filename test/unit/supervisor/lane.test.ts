import { expect, test } from "vitest";
import { newLane } from "../../../src/supervisor/lane.ts";

test("so many are in the lane at a time, in the order in which they came", async () => {
  const lane = newLane(2);
  const inside: string[] = [];
  const begin = (name: string): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    void lane(() => {
      inside.push(name);
      return promise;
    });
    return resolve;
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const [leaveA, leaveB] = [begin("a"), begin("b")];
  begin("c");
  begin("d");
  await turn();
  expect(inside).toEqual(["a", "b"]);
  leaveB();
  await turn();
  expect(inside).toEqual(["a", "b", "c"]);
  leaveA();
  await turn();
  expect(inside).toEqual(["a", "b", "c", "d"]);
});

test("who fails gives its place back, and its error to whoever asked", async () => {
  const lane = newLane(1);
  const failing = lane(() => Promise.reject(new Error("no")));
  const next = lane(() => Promise.resolve("yes"));
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("yes");
  expect(await lane(() => Promise.resolve("again"))).toBe("again");
});
