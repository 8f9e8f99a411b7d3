import { duplexPair, type Duplex } from "node:stream";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { encode, openWire, type Wire } from "../../../src/control/wire.ts";

interface Heard {
  readonly wire: Wire;
  readonly messages: object[];
  /** Resolves with the words of the end. */
  readonly ended: Promise<string | undefined>;
}

function listenTo(stream: Duplex, longest?: number): Heard {
  const messages: object[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<string | undefined>();
  const wire = openWire(
    stream,
    { onMessage: (message) => messages.push(message), onEnd: resolve, lastWords: (words) => ({ words }) },
    longest === undefined ? {} : { longest },
  );
  return { wire, messages, ended };
}

it("messages arrive as they were said, however the bytes are cut", async () => {
  const said = fc.array(fc.record({ text: fc.string({ unit: "grapheme" }) }), { maxLength: 5 });
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(said, cuts, async (said, cuts) => {
      const [here, there] = duplexPair();
      const { messages, ended } = listenTo(here);
      const bytes = Buffer.concat(said.map(encode));
      for (let from = 0, i = 0; from < bytes.length; i++) {
        const to = from + cuts[i % cuts.length]!;
        there.write(bytes.subarray(from, to));
        from = to;
      }
      there.end();
      expect(await ended).toBeUndefined();
      expect(messages).toEqual(said);
    }),
    { numRuns: 15, seed: 4 },
  );
});

it.each([
  ["words", "hello\n"],
  ["half an object", '{"a":\n'],
  ["a list", "[]\n"],
  ["nothing", "null\n"],
  ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x0a])],
])("%s instead of an object ends the connection with words, and nothing after it is heard", async (_, garbage) => {
  const [here, there] = duplexPair();
  const { messages, ended } = listenTo(here);
  const other = listenTo(there);
  there.write(encode({ first: 1 }));
  there.write(garbage);
  there.write(encode({ second: 2 }));
  expect(await ended).toContain("no JSON object");
  await other.ended;
  expect(messages).toEqual([{ first: 1 }]);
  expect(other.messages).toEqual([{ words: await ended }]);
});

it("a line that is too long ends the connection before it is whole", async () => {
  const [here, there] = duplexPair();
  const { messages, ended } = listenTo(here, 100);
  there.write(encode({ short: "x" }));
  there.write(Buffer.alloc(60, "x"));
  there.write(Buffer.alloc(60, "x"));
  expect(await ended).toContain("longer than");
  expect(messages).toEqual([{ short: "x" }]);
});

it("a partner that does not read is given up, what is said to it is bounded", async () => {
  const [here] = duplexPair();
  const { wire, ended } = listenTo(here);
  const line = encode({ text: "x".repeat(2 ** 20) });
  let most = 0;
  for (let i = 0; i < 40; i++) {
    wire.sendEncoded(line);
    most = Math.max(most, wire.waiting());
  }
  expect(await ended).toContain("does not read");
  expect(most).toBeLessThan(18 * 2 ** 20);
});

it("the end is told once, of a stream that had broken before as well", async () => {
  const [here] = duplexPair();
  here.on("error", () => {});
  here.destroy(new Error("broken"));
  const { wire, ended } = listenTo(here);
  expect(await ended).toBeUndefined();
  wire.send({ to: "nobody" });
  wire.end();
  wire.destroy();
});

it("what was said before the end is still told", async () => {
  const [here, there] = duplexPair();
  const { wire } = listenTo(here);
  const other = listenTo(there);
  for (let i = 0; i < 100; i++) wire.send({ i });
  wire.end();
  await other.ended;
  expect(other.messages).toHaveLength(100);
});
