// Answers that a strict parser refuses and curl takes: read from the bytes that came, once the parser has given up. Pure.

/** A status, and what followed the headers. */
export interface PlainAnswer {
  readonly status: number;
  readonly body: string;
}

const statusLine = /^HTTP\/(?:1\.[01]|2(?:\.0)?) +(\d{3})(?!\d)/i;

/** A header, or the rest of the one before. */
const headerLine = /^(?:[^\0:]*:[^\0]*|[ \t][^\0]*)$/;

/** What curl would have made of these bytes; undefined for what is no answer to it either. `closed`: no more will come. */
export function readPlainAnswer(bytes: Buffer, closed: boolean): PlainAnswer | undefined {
  const text = bytes.toString("latin1");
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null && !closed) return undefined;
  const head = end === null ? text : text.slice(0, end.index);
  const [first = "", ...headers] = head.split(/\r?\n/);
  const status = Number(statusLine.exec(first)?.[1] ?? 0);
  // The last line of a head that was cut off is not judged.
  const whole = end === null ? headers.slice(0, -1) : headers;
  if (status < 200 || !whole.every((line) => headerLine.test(line)) || !hasOneLength(whole)) return undefined;
  return { status, body: end === null ? "" : bytes.toString("utf8", end.index + end[0].length) };
}

/** False where the length is no number, or two lengths differ. */
function hasOneLength(headers: readonly string[]): boolean {
  const lengths = headers.flatMap((line) => /^content-length\s*:\s*(.*?)\s*$/i.exec(line)?.[1] ?? []);
  return lengths.every((length) => /^\d+$/.test(length) && length === lengths[0]);
}
