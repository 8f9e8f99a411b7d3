// Fills the stock, once, before the API starts.

import { writeFile } from "node:fs/promises";

const stock = [
  { name: "tea", left: 7 },
  { name: "cups", left: 3 },
];
await writeFile("stock.json", JSON.stringify(stock));
console.log(`${stock.length} articles in stock`);
