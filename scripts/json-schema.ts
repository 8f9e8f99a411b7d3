// The manifest's schema as JSON Schema, for editors: draft 7, which all of them read.

import * as z from "zod/mini";
import { manifestMap } from "../src/manifest/schema.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonMap = { readonly [key: string]: Json };

/** The text of `services.schema.json`. */
export function renderJsonSchema(): string {
  const schema = z.toJSONSchema(manifestMap, { io: "input", target: "draft-7" }) as unknown as JsonMap;
  const { $schema, definitions, ...rest } = schema;
  const named = mapValues((definitions ?? {}) as JsonMap, widen);
  const whole = { $schema: $schema ?? null, ...widenMap(rest), definitions: { Template: templateText, ...named } };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

const templateText = {
  type: "string",
  pattern: "\\$",
  description: "Rendered when the manifest is loaded: `${NAME:-default}`.",
};

// What the file may say and the schema, which judges rendered values, does not: `${…}` for a number, a flag or a word,
// numbers for text, and keys that begin with `x-`.
function widen(schema: Json): Json {
  if (isList(schema)) return schema.map(widen);
  return typeof schema === "object" && schema !== null ? widenMap(schema) : schema;
}

function widenMap(schema: JsonMap): JsonMap {
  const { scalar, propertyNames, default: byDefault, ...plain } = schema;
  const kept = {
    ...(propertyNames !== undefined && { propertyNames }),
    ...(byDefault !== undefined && { default: byDefault }),
  };
  if (scalar === true) return { ...plain, ...kept, type: ["string", "number", "boolean"] };
  if (isRendered(plain)) {
    const { title, description, ...core } = plain;
    const words = { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
    return { ...words, anyOf: [core, { $ref: "#/definitions/Template" }], ...kept };
  }
  const widened = mapValues(plain, (value, key) =>
    key === "properties" ? mapValues(value as JsonMap, widen) : widen(value),
  );
  const open = extensible.has(schema["title"] as string) ? { patternProperties: { "^x-": {} } } : {};
  return { ...widened, ...open, ...kept };
}

function mapValues(map: JsonMap, change: (value: Json, key: string) => Json): JsonMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}

const extensible = new Set(["services.yaml", "A service", "`defaults`"]);

function isRendered(schema: JsonMap): boolean {
  const { type, pattern, enum: words } = schema;
  const constant = schema["const"];
  if (constant !== undefined) return constant !== null;
  return (
    type === "integer" || type === "boolean" || isList(words ?? null) || (type === "string" && pattern !== undefined)
  );
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
