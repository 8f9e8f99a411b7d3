// The one line, of all that a peer has printed, that a person would look for.

const longest = 140;

/**
 * The first line that matches, on one line, without the directory and what changes from run to run (`masked`), shortened; undefined
 * when there is none.
 */
export function keyLine(
  printed: string,
  about: RegExp,
  directory: string,
  masked: readonly string[] = [],
): string | undefined {
  const lines = printed
    .split(/[\r\n]+/)
    .map((line) => shorten(line.replaceAll(`${directory}/`, "").replaceAll(directory, ".")));
  const found = lines.find((line) => about.test(line)) ?? lines.find((line) => /error|fail|warn|invalid/i.test(line));
  if (found === undefined) return undefined;
  return masked.reduce((text, secret) => text.replaceAll(secret, "N"), found);
}

function shorten(line: string): string {
  const plain = line
    .replaceAll("`", "'")
    .replaceAll("|", "/")
    .replaceAll(/\bpid:? \d+/gi, "pid N")
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]*Z?/g, "")
    .replaceAll(/\d\d:\d\d:\d\d([.,]\d+)?/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain;
}
