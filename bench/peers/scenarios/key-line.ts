// The one line, of all that a peer has printed, that a person would look for.

const longest = 140;

/** What any complaint may be made of. */
const complaint = /^(?!.*warn).*(error|fail|invalid|panic)/i;

/**
 * The first line with what `about` looks for, the surest first, or at least with a complaint; shortened, and without the `directories`
 * and `masked` words, which change from run to run. Undefined when there is none.
 */
export function keyLine(
  printed: string,
  about: readonly RegExp[],
  directories: readonly string[],
  masked: readonly string[] = [],
): string | undefined {
  const words = (line: string): string => {
    const bare = directories.reduce((text, path) => text.replaceAll(`${path}/`, "").replaceAll(path, "."), line);
    return plain(masked.reduce((text, word) => text.replaceAll(word, "N"), bare));
  };
  // Of a stack, only what it is about.
  const lines = printed
    .split(/[\r\n]+/)
    .filter((line) => !/^\s*at /.test(line))
    .map(words);
  const found = [...about, complaint].flatMap((pattern) => lines.find((line) => pattern.test(line)) ?? [])[0];
  if (found === undefined) return undefined;
  return found.length > longest ? `${found.slice(0, longest - 1)}…` : found;
}

/** Without times and numbers of processes, and fit for a cell of a table. */
function plain(line: string): string {
  return line
    .replaceAll("`", "'")
    .replaceAll("|", "/")
    .replaceAll(/\bpid[:=]? ?\d+/gi, "pid N")
    .replaceAll(/\(\d+\)/g, "(N)")
    .replaceAll(/\b(\d\d)?\d\d-\d\d-\d\d[T ]/g, "")
    .replaceAll(/\d{1,2}:\d\d:\d\d([.,]\d+)?(Z| [AP]M)?/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
