// What a scenario gives: samples of one figure against its goal, and the table they are printed in.

/** The samples of one figure, all in the same unit, and the most (or least) that it should be. */
export interface Figure {
  readonly name: string;
  readonly samples: readonly number[];
  readonly unit: "ms" | "s" | "MB" | "%" | "times" | "processes" | "connections" | "lines" | "descriptors" | "runs";
  /** `never` is about each sample, the others about the median. */
  readonly goal:
    | { readonly atMost: number }
    | { readonly atLeast: number }
    | { readonly never: { readonly above: number } };
}

/** The middle sample, or the mean of the two in the middle; throws when there is none. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error("a figure has no samples: nothing was measured");
  return (lower + upper) / 2;
}

/** True when the median, or every sample, is within the goal. */
export function isReached({ samples, goal }: Figure): boolean {
  if ("never" in goal) return samples.length > 0 && Math.max(...samples) <= goal.never.above;
  return "atMost" in goal ? median(samples) <= goal.atMost : median(samples) >= goal.atLeast;
}

/** A Markdown table: the median with the least and the greatest sample, the goal and the verdict. */
export function describeFigures(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, samples, unit, goal } = figure;
    const spread = `${round(Math.min(...samples))}–${round(Math.max(...samples))}`;
    const wanted = wordsOf(goal);
    const verdict = isReached(figure) ? "reached" : "MISSED";
    return `| ${name} | ${round(median(samples))} ${unit} (${spread}, n = ${samples.length}) | ${wanted} ${unit} | ${verdict} |`;
  });
  return ["| figure | median (least–greatest) | goal | verdict |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function wordsOf(goal: Figure["goal"]): string {
  if ("never" in goal) return goal.never.above === 0 ? "always 0" : `never above ${goal.never.above}`;
  return "atMost" in goal ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
}

/** Three significant digits are all that a shared machine can tell. */
function round(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 4 : 3)));
}
