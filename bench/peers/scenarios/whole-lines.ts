// Which of the numbered lines of a service have arrived, whatever a supervisor has put around them. Pure.

/** Counts as text comes in. */
export interface LineCount {
  /** More of the text; it may begin and end anywhere. */
  add(text: string): void;
  /** How many of the lines have come unbroken, each counted once. */
  whole(): number;
}

/** A count of the lines 1 to `count`, of `bytes` bytes with their newline: ten digits, a blank, and `x` to the end. */
export function countLines(count: number, bytes: number): LineCount {
  const seen = new Uint8Array(count + 1);
  let rest = "";
  const mark = (line: string): void => {
    const from = line.indexOf(" xxxxxxxxxx");
    const to = line.lastIndexOf("x") + 1;
    if (from < 10 || to - from !== bytes - 11) return;
    const number = Number(line.slice(from - 10, from));
    if (Number.isInteger(number) && number >= 1 && number <= count) seen[number] = 1;
  };
  return {
    add(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(mark);
    },
    whole() {
      mark(rest);
      return seen.reduce((sum, one) => sum + one, 0);
    },
  };
}
