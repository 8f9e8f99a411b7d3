// What was measured, as plain data: everything that the report and the picture are made from.

import type { Scenario } from "./peer.ts";

/** What is told of each peer in a scenario: a number in a unit, or words. */
export interface Column {
  readonly key: string;
  readonly title: string;
  /** Absent: words alone. */
  readonly unit?: "ms" | "MB" | "%" | "MB/s" | "of 10" | "lines";
  readonly better?: "less" | "more";
  /** Its title in the picture, if it is in there. */
  readonly picture?: string;
}

/** A section of the report: a scenario with its columns. */
export interface Section {
  readonly scenario: Scenario;
  readonly title: string;
  /** What was done, for the reader. */
  readonly about: string;
  readonly columns: readonly Column[];
}

/** What one measurement of one peer says of one column. Words are right or wrong, or (`undefined`) just so. */
export type Observation =
  | { readonly column: string; readonly value: number }
  | { readonly column: string; readonly words: string; readonly right?: boolean };

/** An observation with whom and what it is about. */
export type Sample = Observation & { readonly scenario: Scenario; readonly peer: string };

/** A measurement that should have happened and did not. */
export interface Miss {
  readonly scenario: Scenario;
  readonly peer: string;
  readonly words: string;
}

/** A peer that took part, or might have. */
export interface Entrant {
  readonly name: string;
  readonly install: string;
  /** Absent when it was not found. */
  readonly version?: string;
  readonly note?: string;
  readonly cannot: Readonly<Record<string, string>>;
}

/** Everything that one run of the benchmark found out. */
export interface Results {
  /** As ISO 8601 says it. */
  readonly date: string;
  readonly machine: readonly string[];
  readonly minutes: number;
  readonly entrants: readonly Entrant[];
  readonly samples: readonly Sample[];
  readonly misses: readonly Miss[];
  /** What was found beside what was looked for, such as processes that a peer left. */
  readonly findings: readonly string[];
}

/** JSON, a line for each sample after one for everything else. */
export function toLines({ samples, ...rest }: Results): string {
  return [rest, ...samples].map((value) => `${JSON.stringify(value)}\n`).join("");
}

/** What `toLines` wrote. */
export function fromLines(text: string): Results {
  const [rest, ...samples] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  return { ...(rest as Omit<Results, "samples">), samples: samples as readonly Sample[] };
}

/** The numbers of one cell; none when there are none. */
export function valuesOf({ samples }: Results, scenario: Scenario, peer: string, column: string): readonly number[] {
  return cell(samples, scenario, peer, column).flatMap((sample) => ("value" in sample ? [sample.value] : []));
}

/** The words of one cell, each with how often they were said; the most frequent first. */
export function wordsOf(
  { samples }: Results,
  scenario: Scenario,
  peer: string,
  column: string,
): readonly { readonly words: string; readonly times: number; readonly right: boolean | undefined }[] {
  const said = cell(samples, scenario, peer, column).flatMap((sample) => ("words" in sample ? [sample] : []));
  const groups = [...Map.groupBy(said, ({ words }) => words).entries()];
  return groups
    .map(([words, group]) => ({ words, times: group.length, right: group[0]?.right }))
    .toSorted((one, other) => other.times - one.times);
}

function cell(samples: readonly Sample[], scenario: Scenario, peer: string, column: string): readonly Sample[] {
  return samples.filter((sample) => sample.scenario === scenario && sample.peer === peer && sample.column === column);
}
