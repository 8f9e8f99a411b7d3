// The socket file: private from its first moment on, in place of a dead engine's, gone when the engine goes.

import { chmodSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";

/** A socket that is listened on. */
export interface Listening extends Disposable {
  readonly path: string;
}

/**
 * Listens at the first of these paths where that can be done, readable and writable for this user alone; rejects with the
 * system's error for the last of them. Only one engine at a time may ask for the same path: what is there is replaced.
 */
export async function listenAt(paths: readonly string[], onConnection: (socket: Socket) => void): Promise<Listening> {
  let last: unknown = new Error("There is no directory for it.");
  for (const path of paths) {
    try {
      return await listen(path, onConnection);
    } catch (error) {
      // Not every file system has sockets.
      last = error;
    }
  }
  throw last;
}

async function listen(path: string, onConnection: (socket: Socket) => void): Promise<Listening> {
  const server = createServer(onConnection);
  // Bound in a directory that only this user can enter, and moved when its mode is right: never open to others, and never a
  // moment without a socket where there was one. The name is no longer than the final one, as the limit is near for some.
  const directory = mkdtempSync(join(dirname(path), "c-"));
  const born = join(directory, "s");
  try {
    await bind(server, born);
    chmodSync(born, 0o600);
    renameSync(born, path);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    rmSync(born, { force: true });
    rmdirSync(directory);
  }
  const { ino } = statSync(path);
  let isOver = false;
  return {
    path,
    [Symbol.dispose]() {
      if (isOver) return;
      isOver = true;
      server.close();
      // Another engine may have come to the same place since.
      if (statSync(path, { throwIfNoEntry: false })?.ino === ino) rmSync(path, { force: true });
    },
  };
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      // A connection that could not be accepted is the other side's loss alone.
      server.on("error", () => {});
      resolve();
    });
  });
}
