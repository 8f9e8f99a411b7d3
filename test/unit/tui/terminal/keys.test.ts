// The stream of keys that Ink reads, and what goes elsewhere.

import { once } from "node:events";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { newKeys, type Keys } from "../../../../src/tui/terminal/keys.ts";
import { until } from "../../../helpers/wait.ts";

/** A terminal's stdin, and what of it comes out as keys. */
function newSource() {
  const source = new PassThrough();
  const keys = newKeys(source as unknown as NodeJS.ReadStream);
  const read: string[] = [];
  // As Ink reads.
  keys.stdin.setEncoding("utf8");
  keys.stdin.on("readable", () => {
    for (let key; (key = keys.stdin.read() as string | null) !== null;) read.push(key);
  });
  return { source, keys, read };
}

async function seen(read: readonly unknown[], count: number): Promise<void> {
  await until(
    `${count} keys`,
    () => read.length >= count,
    () => JSON.stringify(read),
  );
}

describe("keys", () => {
  it("are read one by one, those from before anybody read as well", async () => {
    const source = new PassThrough();
    const keys: Keys = newKeys(source as unknown as NodeJS.ReadStream);
    keys.listen();
    source.write("jj");
    await until("the keys to be there", () => keys.stdin.readableLength === 2);
    keys.stdin.setEncoding("utf8");
    expect([keys.stdin.read(), keys.stdin.read(), keys.stdin.read()]).toEqual(["j", "j", null]);
  });

  it("are whole characters however bytes are split", async () => {
    const { source, keys, read } = newSource();
    keys.listen();
    for (const byte of Buffer.from("é東")) source.write(Buffer.from([byte]));
    await seen(read, 2);
    expect(read).toEqual(["é", "東"]);
  });

  it("are an Esc soon when nothing follows", async () => {
    const { source, keys, read } = newSource();
    keys.listen();
    source.write("\x1b");
    await seen(read, 1);
    expect(read).toEqual(["\x1b[27u"]);
  });

  it("are pastes in their brackets, and never the mouse", async () => {
    const { source, keys, read } = newSource();
    const mice: string[] = [];
    keys.onMouse(({ kind, x, y }) => mice.push(`${kind} ${x} ${y}`));
    keys.listen();
    source.write("\x1b[<0;2;3M\x1b[200~a\nb\x1b[201~\x1b[I");
    await seen(read, 1);
    expect(read).toEqual(["\x1b[200~a\nb\x1b[201~"]);
    expect(mice).toEqual(["press 1 2"]);
  });

  it("are somebody else's while paused", async () => {
    const { source, keys, read } = newSource();
    keys.listen();
    await keys.pause();
    expect(source.isPaused()).toBe(true);
    source.write("x");
    const theirs = once(source, "data");
    source.resume();
    expect(String(await theirs)).toBe("x");
    source.pause();
    keys.listen();
    source.write("y");
    await seen(read, 1);
    expect(read).toEqual(["y"]);
  });

  it("are bytes for whoever they are diverted to, until that ends", async () => {
    const { source, keys, read } = newSource();
    const bytes: string[] = [];
    keys.listen();
    {
      using _ = keys.divert((data) => bytes.push(String(data)));
      source.write("\x1b[A\x1d");
      await seen(bytes, 1);
    }
    source.write("k");
    await seen(read, 1);
    expect(bytes).toEqual(["\x1b[A\x1d"]);
    expect(read).toEqual(["k"]);
  });

  it("end when the terminal is closed, by an end or by an error", async () => {
    for (const close of [
      (source: PassThrough) => source.end(),
      (source: PassThrough) => source.emit("error", new Error()),
    ]) {
      const { source, keys } = newSource();
      let isOver = false;
      keys.onEnd(() => (isOver = true));
      keys.listen();
      close(source);
      await until("the end", () => isOver);
    }
  });
});
