// The few characters beyond ASCII that the dashboard draws with, and what stands for each where they are unwanted.

/** One set of drawing characters. */
export interface Marks {
  /** Before a port that has moved. */
  readonly moved: string;
  readonly rule: string;
  /** Before a line that belongs to the one above. */
  readonly branch: string;
  /** Before one that others follow, and beside what is below it. */
  readonly fork: string;
  readonly pipe: string;
  readonly ellipsis: string;
  /** Between the services of a path. */
  readonly next: string;
}

const unicode: Marks = { moved: "→", rule: "─", branch: "└", fork: "├", pipe: "│", ellipsis: "…", next: "→" };
const ascii: Marks = { moved: "->", rule: "-", branch: "\\", fork: "|", pipe: "|", ellipsis: "..", next: "->" };

/** The characters to draw with. */
export function marksFor(preferences: { readonly ascii: boolean }): Marks {
  return preferences.ascii ? ascii : unicode;
}

/** Words of the rules, which are written with the richer set, as they may be shown. */
export function inMarks(text: string, marks: Marks): string {
  return marks === unicode
    ? text
    : text.replaceAll("└", marks.branch).replaceAll("…", marks.ellipsis).replaceAll("→", marks.next);
}
