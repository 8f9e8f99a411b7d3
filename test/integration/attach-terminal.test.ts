// A person's terminal that is joined to a service's: a pseudo-terminal in which a process joins one that it makes up.

import { closeSync, mkdtempSync, openSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Exit } from "../../src/core/failure.ts";
import type { Attachment } from "../../src/effects/processes/audience.ts";
import { spawnInTerminal } from "../../src/effects/processes/pty.ts";
import { root } from "../helpers/project.ts";
import { until, within } from "../helpers/wait.ts";

interface Person extends AsyncDisposable {
  readonly pid: number;
  readonly attachment: Attachment;
  readonly ended: Promise<Exit>;
  type(keys: string): void;
  sees(text: string): Promise<void>;
  shown(): string;
}

async function startPerson(): Promise<Person> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "launch-attach-"));
  const output = openSync(join(directory, "log"), "a");
  const { promise: ended, resolve: end } = Promise.withResolvers<Exit>();
  const command = { args: [process.execPath, join(root, "test/fixtures/attached.ts")] };
  const env = { PATH: process.env["PATH"] ?? "", TERM: "xterm" };
  const spawned = await spawnInTerminal({ command, cwd: root, env, output }, end);
  if (!("pid" in spawned)) throw new Error(spawned.kind);
  const attachment = spawned.terminal.attach({ columns: 100, rows: 30 });
  let shown = "";
  attachment.onData((bytes) => (shown += bytes.toString()));
  return {
    pid: spawned.pid,
    attachment,
    ended: within("its end", ended, () => shown),
    type: (keys) => attachment.write(Buffer.from(keys)),
    sees: (text) =>
      until(
        JSON.stringify(text),
        () => shown.includes(text),
        () => shown,
      ),
    shown: () => shown,
    async [Symbol.asyncDispose]() {
      attachment.write(Buffer.from("\x1d"));
      await ended;
      spawned.terminal[Symbol.dispose]();
      closeSync(output);
      rmSync(directory, { recursive: true });
    },
  };
}

test("passes every key and every change of size on, and Ctrl-] gives the terminal back as it was", async () => {
  await using person = await startPerson();
  await person.sees("dialled with 100x30\r\nattached to api; Ctrl-] leaves\r\n\x1b[?1049h\x1b[?1000hthere ");
  person.type("\x03");
  await person.sees('typed "\\u0003"');
  person.attachment.resize(90, 20);
  await person.sees("size 90x20");
  person.type("ab\x1dcd");
  await person.sees('typed "ab"');
  expect(await person.ended).toEqual({ code: 0, signal: null });
  expect(person.shown()).toMatch(
    /\x1b\[\?1000l\x1b\[\?1049l\x1b\[0mleft api; it goes on\r\ndisposed of\r\nleft, raw false/,
  );
  expect(person.shown()).not.toContain("cd");
});

test("gives the terminal back when the service closes its own", async () => {
  await using person = await startPerson();
  await person.sees("there ");
  person.type("q");
  await person.ended;
  expect(person.shown()).toMatch(
    /\x1b\[\?1049l\x1b\[0mthe terminal of api is closed\r\ndisposed of\r\nclosed, raw false/,
  );
});

test("gives the terminal back when it is ended by a signal, and ends by it", async () => {
  await using person = await startPerson();
  await person.sees("there ");
  process.kill(person.pid, "SIGTERM");
  expect(await person.ended).toEqual({ code: null, signal: "SIGTERM" });
  expect(person.shown()).toMatch(/there \x1b\[\?1000l\x1b\[\?1049l/);
});
