// The database's readiness probe: ends with 0 when a query is answered, else says why not.

import { openDatabase } from "./database.js";

const pool = openDatabase();
try {
  await pool.query("select 1");
} catch (error) {
  console.error(error.message || error.code);
  process.exitCode = 1;
} finally {
  await pool.end();
}
