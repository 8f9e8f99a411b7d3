// How the demo's programs talk to the database: one small pool each, and one way to ask.

import { Pool } from "pg";

const url = process.env.DATABASE_URL ?? `postgres://postgres@127.0.0.1:${process.env.DB_PORT}/postgres`;

/** Opens a pool that outlives a restart of the database: a broken connection is dropped, the next query makes a new one. */
export function openDatabase() {
  const pool = new Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 2_000, query_timeout: 5_000 });
  pool.on("error", (error) => console.error(`connection lost: ${error.message}`));
  return pool;
}

/**
 * Runs `work` in a transaction and gives its result.
 * All clients share PGlite's one session, and only a transaction keeps the parts of one query together there.
 */
export async function transaction(pool, work) {
  const client = await pool.connect();
  let failure;
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    // A client whose transaction failed is thrown away: closing its connection rolls back.
    failure = error;
    throw error;
  } finally {
    client.release(failure);
  }
}
