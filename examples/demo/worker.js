// A background job: writes a row every few seconds, and keeps trying while the database is away.

import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase, transaction } from "./database.js";

const intervalMs = Number(process.env.INTERVAL_MS ?? 5_000);
const pool = openDatabase();
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());

for (let count = 1; !stopping.signal.aborted; count++) {
  try {
    const values = ["worker", `Row ${count} of process ${process.pid}`];
    await transaction(pool, (client) => client.query("insert into messages (author, body) values ($1, $2)", values));
    console.log(`wrote row ${count}`);
  } catch (error) {
    console.error(`could not write: ${error.message}`);
  }
  await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(() => {});
}
await pool.end();
