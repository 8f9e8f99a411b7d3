// Shows the stock; launch told it where the API is, wherever that has moved to.

import { createServer } from "node:http";

const { PORT, API_URL } = process.env;
const server = createServer((_request, response) => void answer(response));
server.listen(PORT, "127.0.0.1", () => console.log(`the shop is open on port ${PORT}`));

async function answer(response) {
  try {
    const stock = await (await fetch(API_URL)).json();
    response.end(stock.map(({ name, left }) => `${name}: ${left} left\n`).join(""));
  } catch {
    response.writeHead(502).end("the API does not answer\n");
  }
}
