import { expect, it } from "vitest";
import { newAppender, type Write } from "../../../src/effects/logs/appender.ts";

/** A file that takes what the test lets it take. */
function newFile(): { write: Write; take(count?: number): void; refuse(words: string): void; content(): string } {
  let content = "";
  let turn: ((error: Error | null, count: number) => void) | undefined;
  const next = (error: Error | null, count: number): void => {
    const call = turn;
    turn = undefined;
    call?.(error, count);
  };
  return {
    write: (_, buffers, __, done) => {
      const all = Buffer.concat(buffers);
      turn = (error, count) => {
        const written = error === null ? Math.min(count, all.length) : 0;
        content += all.toString("latin1", 0, written);
        done(error, written);
      };
    },
    take: (count = Infinity) => next(null, count),
    refuse: (words) => next(new Error(words), 0),
    content: () => content,
  };
}

it("writes everything in order, however little the file takes at once", async () => {
  const file = newFile();
  const appender = newAppender(1, () => {}, file.write);
  for (const text of ["one ", "two ", "three "]) appender.append(Buffer.from(text));
  expect(appender.waiting).toBe(14);
  const flushed = appender.flush();
  file.take(2);
  expect(appender.waiting).toBe(12);
  file.take(5);
  appender.append(Buffer.from("four"));
  file.take();
  file.take();
  await flushed;
  expect(file.content()).toBe("one two three four");
  expect(appender.waiting).toBe(0);
});

it("says what is missing and why as soon as it can write again", async () => {
  const file = newFile();
  let progress = 0;
  const appender = newAppender(1, () => progress++, file.write);
  appender.append(Buffer.from("there\n"));
  file.take();
  appender.append(Buffer.from("lost"));
  file.refuse("no space left on device");
  appender.append(Buffer.from("lost too"));
  file.refuse("no space left on device");
  await appender.flush();
  expect(appender.waiting).toBe(0);
  appender.append(Buffer.from("again\n"));
  file.take();
  expect(file.content()).toBe(
    "there\n\r\n[launch: 12 bytes of output are missing here: no space left on device]\r\nagain\n",
  );
  expect(progress).toBe(4);
});
