// The API: GET /messages, POST /messages and a /health that asks the database.

import { once } from "node:events";
import { createServer } from "node:http";
import { openDatabase, transaction } from "./database.js";

const port = Number(process.env.PORT);
const pool = openDatabase();

const routes = {
  "GET /health": async () => {
    await pool.query("select 1");
    return [200, { status: "ok" }];
  },
  "GET /messages": async () => {
    const { rows } = await pool.query("select id, author, body, created_at from messages order by id desc limit 50");
    return [200, rows];
  },
  "POST /messages": async (request) => {
    const { author, body } = JSON.parse(await readBody(request));
    if (typeof author !== "string" || typeof body !== "string") return [400, { error: "author and body are texts" }];
    const insert = "insert into messages (author, body) values ($1, $2) returning *";
    const { rows } = await transaction(pool, (client) => client.query(insert, [author, body]));
    return [201, rows[0]];
  },
};

const server = createServer((request, response) => void answer(request, response));
server.listen(port, "127.0.0.1", () => console.log(`API listens on port ${port}`));

await once(process, "SIGTERM");
server.close();
server.closeIdleConnections();
await once(server, "close");
await pool.end();

async function answer(request, response) {
  const path = new URL(request.url, "http://localhost").pathname;
  const route = routes[`${request.method} ${path}`] ?? notFound;
  const [status, body] = await route(request).catch(failed);
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function readBody(request) {
  const chunks = await request.toArray();
  return Buffer.concat(chunks).toString("utf8");
}

async function notFound(request) {
  return [404, { error: `nothing answers ${request.method} ${request.url}` }];
}

function failed(error) {
  if (error instanceof SyntaxError) return [400, { error: "the body is not JSON" }];
  console.error(error.message);
  return [503, { error: error.message }];
}
