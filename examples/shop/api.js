// Answers with the stock, on the port that launch gave it.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const { PORT } = process.env;
const stock = await readFile("stock.json");
const server = createServer((request, response) => response.end(request.url === "/health" ? "ok" : stock));
server.listen(PORT, "127.0.0.1", () => console.log(`API listens on port ${PORT}`));
