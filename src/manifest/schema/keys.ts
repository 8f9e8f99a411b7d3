// The keys of a map with what the reference says about each. A key's schema is made when it is first asked for: a
// manifest uses few of all keys, and to make them all takes a tenth of a check.

import type * as z from "zod";

/** A key that is yet to be made. */
interface Key<Schema extends z.ZodType> {
  readonly make: () => Schema;
}

/** A key that may be absent; `standard` is what holds then, as it would be written. */
export function optional<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  standard?: unknown,
): Key<z.ZodExactOptional<Schema>> {
  const meta = { description, ...(standard !== undefined && { default: standard }) };
  return { make: () => schema.exactOptional().meta(meta) };
}

/** A key that must be there. */
export function required<Schema extends z.ZodType>(schema: Schema, description: string): Key<Schema> {
  return { make: () => schema.meta({ description }) };
}

/** The shape of a map, for zod. */
export function keys<const Keys extends Readonly<Record<string, Key<z.ZodType>>>>(
  given: Keys,
): { readonly [Name in keyof Keys]: Keys[Name] extends Key<infer Schema> ? Schema : never } {
  const shape = {};
  for (const [name, { make }] of Object.entries(given)) {
    let schema: z.ZodType | undefined;
    Object.defineProperty(shape, name, { enumerable: true, get: () => (schema ??= make()) });
  }
  return shape as ReturnType<typeof keys<Keys>>;
}
