// The picture: a panel of horizontal bars for each figure, drawn from the medians. Readable on light and on dark ground. Pure.

import { median } from "../figures.ts";
import { floors } from "./floor.ts";
import { round } from "./goals.ts";
import { type Column, type Results, type Section, valuesOf } from "./results.ts";

const columns = 2;
const panelWidth = 470;
const nameWidth = 112;
const valueWidth = 74;
const barHeight = 11;
const rowHeight = 17;
const titleHeight = 30;
const gap = 24;
/** Longer than so many times launch's own bar, a bar is cut, and shown to be. */
const cutAt = 6;

const legend = "Medians; shorter is better unless said. Dashed: no supervisor, the floor. A bar with a gap is cut.";

interface Bar {
  readonly name: string;
  readonly value: number;
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

const style = `
  text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #57606a }
  .title { font-weight: 600; fill: #24292f }
  .own { font-weight: 600; fill: #0b57d0 }
  .bar { fill: #b6bec8 }
  .bar.own { fill: #0b57d0 }
  .bar.floor { fill: none; stroke: #8c959f; stroke-dasharray: 3 2 }
  .cut { stroke: #ffffff; stroke-width: 2.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9da7b3 }
    .title { fill: #e6edf3 }
    .own { fill: #79b8ff }
    .bar { fill: #4b5563 }
    .bar.own { fill: #79b8ff }
    .bar.floor { stroke: #6e7681 }
    .cut { stroke: #0d1117 }
  }`;

/** An SVG of all figures that have a place in the picture and at least two bars. */
export function draw(results: Results, sections: readonly Section[]): string {
  const panels = sections.flatMap((section) =>
    section.columns
      .flatMap((column) => (column.picture === undefined ? [] : [panelOf(results, section, column, column.picture)]))
      .filter(({ bars }) => bars.length > 1),
  );
  // Each panel goes where there is the most room.
  const bottoms = Array.from({ length: columns }, () => 8);
  const placed = panels.map((panel) => {
    const index = bottoms.indexOf(Math.min(...bottoms));
    const y = bottoms[index] ?? 0;
    bottoms[index] = y + titleHeight + panel.bars.length * rowHeight + gap;
    return `<g transform="translate(${index * (panelWidth + gap) + 8} ${y})">${drawPanel(panel)}</g>`;
  });
  const width = columns * panelWidth + gap + 16;
  const legendAt = Math.max(...bottoms) + 4;
  const height = legendAt + 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>launch beside its peers: medians of each scenario</title>`,
    `<style>${style}\n</style>`,
    ...placed,
    `<text x="8" y="${legendAt}">${legend}</text>`,
    `</svg>\n`,
  ].join("\n");
}

/** The best first; floors among them. */
function panelOf(results: Results, { scenario }: Section, column: Column, title: string): Panel {
  const bars = results.entrants.flatMap(({ name }): readonly Bar[] => {
    const values = valuesOf(results, scenario, name, column.key);
    return values.length === 0 ? [] : [{ name, value: median(values) }];
  });
  const sign = column.better === "more" ? -1 : 1;
  return {
    title,
    unit: column.unit ?? "",
    bars: bars.toSorted((one, other) => sign * (one.value - other.value)),
  };
}

function drawPanel({ title, unit, bars }: Panel): string {
  const longest = Math.max(...bars.map(({ value }) => value));
  const own = bars.find(({ name }) => name === "launch")?.value ?? 0;
  const second = bars.toSorted((one, other) => other.value - one.value)[1]?.value ?? longest;
  const limit = own === 0 ? longest || 1 : Math.min(longest, Math.max(cutAt * own, second / 4));
  const room = panelWidth - nameWidth - valueWidth;
  const rows = bars.map(({ name, value }, index) => {
    const y = titleHeight + index * rowHeight;
    const kind = name === "launch" ? " own" : floors.includes(name) ? " floor" : "";
    const length = Math.max(1, (room * Math.min(value, limit)) / limit);
    const end = nameWidth + length;
    const cut = value > limit ? `<path class="cut" d="M${end - 16} ${y + barHeight + 1} l5 -${barHeight + 2}"/>` : "";
    return [
      `<text class="${kind.trim()}" x="${nameWidth - 8}" y="${y + 10}" text-anchor="end">${escape(name)}</text>`,
      `<rect class="bar${kind}" x="${nameWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="1.5"/>${cut}`,
      `<text class="${kind.trim()}" x="${(end + 6).toFixed(1)}" y="${y + 10}">${round(value)}</text>`,
    ].join("");
  });
  return [`<text class="title" x="0" y="16">${escape(title)}${unit === "" ? "" : `, ${unit}`}</text>`, ...rows].join(
    "\n",
  );
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
