// PostgreSQL inside Node: PGlite keeps the data in a directory, the socket server speaks the real wire protocol.

import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

const port = Number(process.env.PORT);
const directory = process.env.DATA_DIR ?? new URL(".data", import.meta.url).pathname;

await mkdir(directory, { recursive: true });
const database = await PGlite.create(directory);
const server = new PGLiteSocketServer({ db: database, host: "127.0.0.1", port, maxConnections: 20 });
await server.start();
console.log(`database in ${directory} listens on port ${port}`);

// Lets no one in, then closes the data directory, so that the next start has nothing to recover.
await Promise.race(["SIGTERM", "SIGINT"].map((signal) => once(process, signal)));
await server.stop();
await database.close();
console.log("database closed");
