// Shows the stock; launch told it where the API is, wherever that has moved to.

import { createServer } from "node:http";

const { PORT, API_URL } = process.env;
const server = createServer(async (_request, response) => {
  const stock = await (await fetch(API_URL)).json();
  response.end(stock.map(({ name, left }) => `${name}: ${left} left\n`).join(""));
});
server.listen(PORT, "127.0.0.1", () => console.log(`the shop is open on port ${PORT}`));
