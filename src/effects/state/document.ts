// A JSON document that can tell whether it is whole: its first line says how long the rest is and its checksum.
// Pure; a person can read it, and whoever edits it by hand makes it count as damaged.

import { crc32 } from "node:zlib";

/** What a text turned out to be. */
export type Decoded =
  | { readonly kind: "whole"; readonly value: unknown }
  /** Written by a launch whose documents look different; `value` is there when it is JSON all the same. */
  | { readonly kind: "version"; readonly version: number; readonly value: unknown }
  /** Cut short, changed or no such document; the words say what was seen. */
  | { readonly kind: "damaged"; readonly words: string };

/** The version of the documents that `encodeDocument` makes. */
const documentVersion = 2;

const head = /^\{ "version": (\d{1,9}), "length": (\d{1,12}), "crc32": "([0-9a-f]{8})",\n/;

/** The value as a text with its length and checksum. */
export function encodeDocument(value: unknown): string {
  const body = `"state": ${JSON.stringify(value, undefined, 2)}\n}\n`;
  const length = Buffer.byteLength(body);
  return `{ "version": ${documentVersion}, "length": ${length}, "crc32": "${checksum(body)}",\n${body}`;
}

/** Reads what `encodeDocument` has made; never throws. */
export function decodeDocument(text: Buffer): Decoded {
  if (text.length === 0) return damaged("it is empty");
  const found = head.exec(text.toString("latin1", 0, 200));
  if (found === null) return decodePlain(text);
  const [line, version, length, sum] = found;
  if (Number(version) !== documentVersion) return { kind: "version", version: Number(version), value: undefined };
  const body = text.subarray(line.length);
  if (body.length !== Number(length)) return damaged(`it has ${body.length} bytes where it says ${length}`);
  if (checksum(body) !== sum) return damaged("its checksum does not fit");
  const whole = parse(text);
  return whole === undefined ? damaged("it is no JSON") : { kind: "whole", value: whole["state"] };
}

/** The documents of the first version had no checksum. */
function decodePlain(text: Buffer): Decoded {
  const value = parse(text);
  if (value === undefined) return damaged("it is cut short or changed");
  const { version } = value;
  // Documents with a checksum were recognised by their first line, so this is one whose first line was changed.
  if ("crc32" in value || typeof version !== "number" || version === documentVersion) {
    return damaged("its first line was changed");
  }
  return { kind: "version", version, value };
}

function parse(text: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text.toString("utf8")) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Against torn writes and stray edits; whoever means to deceive could write any checksum. */
function checksum(body: string | Buffer): string {
  return crc32(body).toString(16).padStart(8, "0");
}

function damaged(words: string): Decoded {
  return { kind: "damaged", words };
}
