// One of the market's services, by its name: serves on $PORT if it has one, and says what such a service says.

import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const [, , name] = process.argv;
const { PORT, BROKEN } = process.env;
const grey = (text) => `\u001b[90m${text}\u001b[39m`;
const green = (text) => `\u001b[32m${text}\u001b[39m`;
const yellow = (text) => `\u001b[33m${text}\u001b[39m`;
const red = (text) => `\u001b[31m${text}\u001b[39m`;
const answer = (method, path, status, time) => {
  const paint = status < 300 ? green : status < 500 ? yellow : red;
  return `${method.padEnd(4)} ${path.padEnd(26)} ${paint(status)} ${grey(`${time}ms`)}`;
};

/** What each says once, and then over and over. */
const words = {
  db: [
    ["ready to accept connections"],
    ["checkpoint complete: wrote 37 buffers", "checkpoint complete: wrote 4 buffers"],
  ],
  cache: [["accepts connections"], ["evicted 12 keys"]],
  api: [
    [`listens on port ${PORT}`],
    [
      answer("GET", "/articles", 200, 7),
      answer("GET", "/articles/tea", 200, 3),
      answer("POST", "/cart", 201, 18),
      `${yellow("WARN")}  payment: timeout after 2000ms, trying again`,
      answer("GET", "/cart", 200, 4),
      answer("GET", "/articles/cups/reviews", 200, 21),
      `${red("ERROR")} payment: timeout after 2000ms, giving up`,
      answer("POST", "/orders", 502, 4012),
      answer("GET", "/articles?page=2", 200, 9),
      answer("GET", "/articles/42", 304, 2),
    ],
  ],
  worker: [["started", "took 3 orders from the queue", `${red("ERROR")} mail: connection refused`], []],
  web: [["bundling 214 modules"], ["bundled 96 of 214 modules", "bundled 158 of 214 modules"]],
  migrate: [["001_articles applied", "002_orders applied"], []],
};

const [once, often] = words[name];
if (name === "migrate" && BROKEN !== undefined) {
  console.log("001_articles applied");
  console.error(red('ERROR relation "orders" already exists'));
  process.exit(3);
}
for (const line of once) {
  await sleep(30);
  console.log(line);
}
// The page is still being built when the picture is taken.
if (PORT !== undefined && name !== "web") {
  createServer((_request, response) => response.end("ok")).listen(Number(PORT), "127.0.0.1");
}
if (name === "worker") {
  await sleep(400);
  process.exit(1);
}
for (let index = 0; often.length > 0; index++) {
  await sleep(name === "api" ? 130 : 700);
  console.log(often[index % often.length]);
}
