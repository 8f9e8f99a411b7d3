// Maps and their keys, with what the reference says about each. A key's schema is made when it is first asked for: a
// manifest uses few of all keys, and to make them all takes a tenth of a check.

import * as z from "zod/mini";

/** A key that is yet to be made. */
interface Key<Schema extends z.ZodMiniType> {
  readonly make: () => Schema;
}

type Keys = Readonly<Record<string, Key<z.ZodMiniType>>>;

type Shape<Given extends Keys> = { readonly [Name in keyof Given]: ReturnType<Given[Name]["make"]> };

/** A key that may be absent; `standard` is what holds then, as it would be written. */
export function optional<Schema extends z.ZodMiniType>(
  schema: Schema,
  description: string,
  standard?: unknown,
): Key<z.ZodMiniExactOptional<Schema>> {
  const about = { description, ...(standard !== undefined && { default: standard }) };
  return { make: () => described(z.exactOptional(schema), about) };
}

/** A key that must be there. */
export function required<Schema extends z.ZodMiniType>(schema: Schema, description: string): Key<Schema> {
  return { make: () => described(schema.clone(), { description }) };
}

function described<Schema extends z.ZodMiniType>(schema: Schema, about: z.core.GlobalMeta): Schema {
  z.globalRegistry.add(schema, about);
  return schema;
}

/** The keys but for these. */
export function without<Given extends Keys, const Name extends keyof Given>(
  given: Given,
  names: readonly Name[],
): Omit<Given, Name> {
  const left = Object.entries(given).filter(([name]) => !names.some((one) => one === name));
  return Object.fromEntries(left) as Omit<Given, Name>;
}

/** The shape of a map, for zod. */
export function keys<const Given extends Keys>(given: Given): Shape<Given> {
  const shape = {};
  for (const [name, { make }] of Object.entries(given)) {
    let schema: z.ZodMiniType | undefined;
    Object.defineProperty(shape, name, { enumerable: true, get: () => (schema ??= make()) });
  }
  return shape as Shape<Given>;
}

/** A map that has these keys and no others; `error` is what it must be. */
export function map<const Given extends Keys>(
  about: { readonly id: string; readonly title: string; readonly description: string },
  given: Given,
  error = "a map",
): z.ZodMiniObject<Shape<Given>, z.core.$strict> {
  return z.strictObject(keys(given), error).register(z.globalRegistry, about);
}
