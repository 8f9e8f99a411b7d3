// `launch schema`: the JSON schema of services.yaml, for editors.

import { jsonText } from "../core/sanitize.ts";
import { print } from "./print.ts";
import schema from "../../services.schema.json" with { type: "json" };

/** Prints the schema. */
export function run(): Promise<number> {
  print(`${jsonText(schema, 2)}\n`);
  return Promise.resolve(0);
}
