// Brings the tables into shape and fills in the first rows; running it again changes nothing.

import { openDatabase, transaction } from "./database.js";

const greetings = ["Good morning from the migration", "This row came out of PostgreSQL"];

const pool = openDatabase();
const added = await transaction(pool, async (client) => {
  await client.query(`
    create table if not exists messages (
      id serial primary key,
      author text not null,
      body text not null,
      created_at timestamptz not null default now()
    )
  `);
  const { rows } = await client.query("select count(*)::int as count from messages");
  if (rows[0].count > 0) return 0;
  for (const body of greetings) {
    await client.query("insert into messages (author, body) values ($1, $2)", ["migrate", body]);
  }
  return greetings.length;
});
await pool.end();
console.log(added === 0 ? "tables are in shape" : `tables created, ${added} rows added`);
