// The small values of the manifest. Each `error` is what the value must be, in words that follow "must be".

import * as z from "zod/mini";
import { durationPattern } from "../duration.ts";
import { sizePattern } from "../size.ts";
import { nameError, nameFault, namePattern, reserved } from "../name.ts";

// A manifest is judged once, and code made for that would take longer to make than it saves.
z.config({ jitless: true });

/** Marks a value that only a later release will take. */
export const notYet = "not supported yet";

export const name = z.string({ error: nameError }).check(
  z.regex(namePattern, { error: nameError, abort: true }),
  z.refine((given) => nameFault(given) === undefined, { error: reserved }),
);

/** Text; a number or boolean is taken as it is written. */
export const text = z.string({ error: "text" }).register(z.globalRegistry, { scalar: true });

/** Text with `${…}` that is rendered at each start. */
export const template = z.string({ error: "text" }).register(z.globalRegistry, { scalar: true });

export const path = z
  .string({ error: "a path" })
  .check(z.minLength(1, { error: "a path" }))
  .register(z.globalRegistry, { scalar: true });

export const flag = z.boolean({ error: "true or false" });

const durationError = "a duration such as 250ms, 10s or 2m";

export const duration = z.union([z.literal(0), z.string().check(z.regex(durationPattern, { error: durationError }))], {
  error: durationError,
});

const sizeError = "a size such as 10MB or 1GiB";

export const size = z.string({ error: sizeError }).check(z.regex(sizePattern, { error: sizeError }));

const hostError = "a host name or an IP address, without brackets or a port";

/** What stands in URLs and in the command lines of others: nothing that means more than itself there. */
export const host = z
  .string({ error: hostError })
  .check(z.regex(/^(?![^:]+:\d+$)[A-Za-z0-9:](?:[A-Za-z0-9._:%-]*[A-Za-z0-9:.])?$/, { error: hostError }));

const schemeError = "letters, digits, +, - and ., starting with a letter, such as http";

/** The part of a URL before `://`. */
export const scheme = z
  .string({ error: schemeError })
  .check(z.regex(/^[A-Za-z][A-Za-z0-9+.-]*$/, { error: schemeError }));

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number): z.ZodMiniNumberFormat {
  const error =
    most === Number.MAX_SAFE_INTEGER ? `a whole number, ${least} or more` : `a whole number from ${least} to ${most}`;
  return z.int({ error }).check(z.minimum(least, { error }), z.maximum(most, { error }));
}

export const count = whole(1, Number.MAX_SAFE_INTEGER);

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(
  words: Words,
): z.ZodMiniEnum<{ [Word in Words[number]]: Word }> {
  return z.enum(words, { error: oneOf(words) });
}

/** `"a", "b" or "c"`. */
export function oneOf(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

const commandError = "a command: a string for the shell, or a list of arguments";

export const command = z.union(
  [
    z.string().check(z.minLength(1, { error: commandError })),
    z.array(template).check(z.minLength(1, { error: commandError })),
  ],
  { error: commandError },
);

/** A map of variables; null unsets one. */
export const variables = z.record(
  z
    .string()
    .check(z.regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, { error: "letters, digits and _, not starting with a digit" })),
  z.union([template, z.null()], { error: "text, a number, true, false or null" }),
  { error: "a map of names to values" },
);
