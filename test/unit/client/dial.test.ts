// Reaching the run of a state directory by its socket.

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dialAttachment, dialSession } from "../../../src/client/session.ts";
import { serveScene } from "../control/scene.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "launch-dial-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

it("a run that is served is reached, and left", async () => {
  await using scene = await serveScene();
  const session = await dialSession(scene.directory);
  expect(session?.about).toMatchObject({ project: "shop" });
  expect(await session?.details("api")).toEqual({ command: "x" });
  await session?.[Symbol.asyncDispose]();
});

it("a terminal of it is joined by a connection of its own, and a refusal is told", async () => {
  await using scene = await serveScene();
  const terminal = await dialAttachment(scene.directory, "tty", { columns: 80, rows: 24 });
  let seen = "";
  const shown = new Promise<void>((resolve) =>
    terminal.onData((data) => {
      seen += data.toString();
      resolve();
    }),
  );
  scene.show("hello");
  await shown;
  expect(seen).toBe("hello");
  terminal[Symbol.dispose]();
  await terminal.closed;
  await expect(dialAttachment(scene.directory, "api", { columns: 80, rows: 24 })).rejects.toThrow(
    "api has no terminal.",
  );
  await expect(dialAttachment(directory, "tty", { columns: 80, rows: 24 })).rejects.toThrow(
    "Nobody answers there: the run has ended.",
  );
});

it.each([
  ["no such directory", (path: string) => join(path, "none")],
  ["no socket in it", (path: string) => path],
  [
    "a file in the place of one",
    (path: string) => {
      writeFileSync(join(path, "control.sock"), "");
      return path;
    },
  ],
  [
    "a file in the place of the directory",
    (path: string) => {
      writeFileSync(join(path, "file"), "");
      return join(path, "file");
    },
  ],
])("nobody is there with %s", async (_, placeIn) => {
  expect(await dialSession(placeIn(directory))).toBeUndefined();
});

it.each([
  ["hangs up", (socket: Socket) => void socket.end(), "before it had said anything"],
  ["says nothing", () => {}, "does not answer: it is stopped, or has much to do."],
])("an engine that %s is not waited for without end", async (_, answer, why) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    answer(socket);
  }).listen(join(directory, "control.sock"));
  await once(server, "listening");
  await expect(dialSession(directory, (waited) => waited >= 100)).rejects.toThrow(why);
  for (const socket of sockets) socket.destroy();
  server.close();
});
