// `10MB`, `1GiB`, `512kB` as numbers of bytes.

const units: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** A number with a unit; upper and lower case are the same. */
export const sizePattern = /^\d+(?:\.\d+)? ?(?:[kKmMgG]i?)?[bB]$/;

// Most services say the same, or nothing and mean the same.
const parsed = new Map<string, number>();

/** Bytes of a size that the schema has passed. */
export function parseSize(text: string): number {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const bytes = bytesOf(text);
  parsed.set(text, bytes);
  return bytes;
}

function bytesOf(text: string): number {
  const [, amount = "", unit = ""] = /^([\d.]+) ?([a-z]+)$/i.exec(text) ?? [];
  return Math.floor(Number(amount) * (units[unit.toLowerCase()] ?? 1));
}
