// The report: Markdown from the results, and nothing but them. Pure.

import { median } from "../figures.ts";
import { floors } from "./floor.ts";
import { judge, round } from "./goals.ts";
import { type Column, type Entrant, type Results, type Section, valuesOf, wordsOf } from "./results.ts";

/** The whole page; `picture` is the path of the picture as seen from it. */
export function describeResults(results: Results, sections: readonly Section[], picture: string): string {
  const tried = new Set([...results.samples, ...results.misses].map(({ scenario }) => scenario));
  return [
    "# launch beside its peers",
    "<!-- Written by `npm run bench`, from what it measured. -->",
    "The same work for each, on one machine, in one run, by turns. Figures of a machine that does other things too: read ratios, not digits.",
    `![Bars for each scenario, launch marked](${picture})`,
    "## How to get your own",
    howTo(results),
    "## Who took part",
    entrantsTable(results),
    ...absent(results),
    "## Goals",
    "Of the medians below, in this run.",
    table(
      ["", "wanted", "found", ""],
      judge(results).map(({ title, wanted, found, verdict }) => [title, wanted, found, verdict]),
    ),
    ...sections.filter(({ scenario }) => tried.has(scenario)).flatMap((section) => sectionText(results, section)),
    ...list(
      "Not measured, though it should have been",
      results.misses.map(({ peer, scenario, words }) => `${peer}, ${scenario}: ${firstLine(words)}`),
    ),
    ...list("Found beside", results.findings),
  ]
    .join("\n\n")
    .concat("\n");
}

function howTo({ date, machine, minutes }: Results): string {
  return [
    "```sh\nnpm ci && npm run bench\n```",
    `It measures whichever of the peers are on your \`PATH\`, says how to install the others, takes at most ${minutes} minutes (\`--minutes\`), leaves nothing running, and ends with 1 when something could not be measured. \`--peers a,b\` and \`--scenarios x,y\` choose, \`--runs N\` limits the rounds, \`--out DIR\` says where the report goes. It needs Linux and \`gcc\`: what the peers run is [one small C program](../bench/service.c), and what each of them is told is in [one small file](../bench/peers/adapters).`,
    `Measured on ${date.slice(0, 10)}: ${machine.join("; ")}.`,
  ].join("\n\n");
}

function entrantsTable({ entrants }: Results): string {
  const present = entrants.filter(({ version }) => version !== undefined);
  return table(
    ["", "version", "remarks", "cannot"],
    present.map(({ name, version, note, cannot }) => [
      nameOf(name),
      version ?? "",
      note ?? "",
      floors.includes(name) ? "a floor, no peer" : reasons(cannot),
    ]),
  );
}

/** What it cannot do, gathered by reason. */
function reasons(cannot: Entrant["cannot"]): string {
  const byReason = Map.groupBy(Object.entries(cannot), ([, reason]) => reason);
  return [...byReason]
    .map(([reason, group]) => `${group.map(([ability]) => ability).join(", ")}: ${reason}`)
    .join("; ");
}

function absent({ entrants }: Results): readonly string[] {
  const missing = entrants.filter(({ version }) => version === undefined);
  if (missing.length === 0) return [];
  const lines = missing.map(
    ({ name, install, note }) => `- ${name}: \`${install}\`${note === undefined ? "" : ` (${note})`}`,
  );
  return [`Not found, and how to get them:`, lines.join("\n")];
}

function sectionText(results: Results, section: Section): readonly string[] {
  const { scenario, title, about, columns } = section;
  const names = results.entrants
    .map(({ name }) => name)
    .filter((name) => results.samples.some((sample) => sample.scenario === scenario && sample.peer === name));
  const rows = names.map((name) => [
    nameOf(name),
    ...columns.map((column) => cellText(results, section, name, column)),
  ]);
  return [
    `## ${title}`,
    `${about} ${countText(results, section, names)}`.trim(),
    rows.length === 0 ? "Nobody was measured." : table(["", ...columns.map(headOf)], rows),
  ];
}

/** How many samples each has: what is so for most first. */
function countText({ samples }: Results, { scenario, columns }: Section, names: readonly string[]): string {
  const countOf = (name: string): number =>
    samples.filter(
      (sample) => sample.scenario === scenario && sample.peer === name && sample.column === columns[0]?.key,
    ).length;
  const groups = [...Map.groupBy(names, countOf)].toSorted(([, one], [, other]) => other.length - one.length);
  return groups
    .map(([count, group], index) => `n = ${count}${index === 0 ? "" : ` for ${group.join(", ")}`}`)
    .join("; ");
}

function headOf({ title, unit }: Column): string {
  return unit === undefined || unit === "lines" || unit === "of 10" ? title : `${title}, ${unit}`;
}

/** The median with the least and the greatest, or what was said with how often; wrong words are bold. */
function cellText(results: Results, { scenario }: Section, peer: string, { key }: Column): string {
  const values = valuesOf(results, scenario, peer, key);
  const words = wordsOf(results, scenario, peer, key);
  const said = words.map(({ words: text, times, right }) => {
    const counted = words.length > 1 || values.length > 0 ? `${text} (${times} ×)` : text;
    if (text === "cannot") return "–";
    return right === false ? `**${counted}**` : counted;
  });
  if (values.length === 0) return said.length === 0 ? "not measured" : said.join("<br>");
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const spread = values.length === 1 || least === most ? "" : ` (${round(least)}–${round(most)})`;
  return [`${round(median(values))}${spread}`, ...said].join("<br>");
}

function nameOf(name: string): string {
  if (name === "launch") return "**launch**";
  return floors.includes(name) ? `*${name}*` : name;
}

function list(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`## ${title}`, items.map((item) => `- ${item}`).join("\n")];
}

function firstLine(words: string): string {
  return words.trim().split("\n")[0]?.slice(0, 300) ?? "";
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
