// `launch schema`: the JSON schema of services.yaml, for editors.

import schema from "../../services.schema.json" with { type: "json" };

/** Prints the schema. */
export function run(): Promise<number> {
  process.stdout.write(`${JSON.stringify(schema, undefined, 2)}\n`);
  return Promise.resolve(0);
}
