// The table of services: which columns there is room for, and what stands in each.

import { type Member, isActive } from "../../core/state.ts";
import type { Fleet } from "../../core/state.ts";
import type { Millis } from "../../core/service.ts";
import type { Usage } from "../host.ts";
import { memory, percent, uptime } from "./figures.ts";
import { clipLine, fit, widthOf } from "./fit.ts";
import { type Line, type Span, span } from "./line.ts";
import type { Marks } from "./marks.ts";
import { stateReason, stateWord } from "./state-words.ts";

/** What the table is made from. */
export interface TableFacts {
  readonly fleet: Fleet;
  readonly usage: Readonly<Record<string, Usage>>;
  /** The engine's clock. */
  readonly at: Millis;
  readonly selected: string;
  readonly marks: Marks;
  readonly columns: number;
}

/** The heading, and one line for each of the given members. */
export interface ServiceTable {
  readonly heading: Line;
  readonly rows: readonly Line[];
}

interface Column {
  readonly name: string;
  readonly align: "left" | "right";
  readonly least: number;
  readonly most: number;
  cell(member: Member, facts: TableFacts): Span;
}

const dash = span("-", "dim");

// Health comes last but one and takes what is left: it is the one that has words in it.
const columns: Readonly<Record<string, Column>> = {
  service: { name: "SERVICE", align: "left", least: 8, most: 24, cell: nameCell },
  state: { name: "STATE", align: "left", least: 10, most: 10, cell: (member) => stateWord(member) },
  port: { name: "PORT", align: "left", least: 5, most: 18, cell: portCell },
  health: {
    name: "HEALTH",
    align: "left",
    least: 10,
    most: 200,
    cell: (member, { fleet, at }) => stateReason(fleet, member, at),
  },
  restarts: {
    name: "RESTARTS",
    align: "right",
    least: 8,
    most: 8,
    cell: ({ restarts }) => (restarts === 0 ? span("0", "dim") : span(String(restarts), "warn")),
  },
  cpu: {
    name: "CPU",
    align: "right",
    least: 6,
    most: 6,
    cell: ({ service }, { usage }) => {
      const used = usage[service.name];
      return used === undefined ? dash : span(percent(used.cpu));
    },
  },
  memory: {
    name: "MEM",
    align: "right",
    least: 5,
    most: 5,
    cell: ({ service }, { usage }) => {
      const used = usage[service.name];
      return used === undefined ? dash : span(memory(used.memory));
    },
  },
  uptime: {
    name: "UPTIME",
    align: "right",
    least: 6,
    most: 6,
    cell: ({ state }, { at }) => (isActive(state) && "since" in state ? span(uptime(at - state.since)) : dash),
  },
  needs: {
    name: "NEEDS",
    align: "left",
    least: 5,
    most: 28,
    cell: ({ service }) =>
      service.needs.length === 0 ? dash : span(service.needs.map((need) => need.service).join(", "), "dim"),
  },
};

const order = ["service", "state", "port", "health", "restarts", "cpu", "memory", "uptime", "needs"];
/** The first to go when there is no room. */
const dispensable = ["needs", "memory", "restarts", "uptime", "cpu", "port"];
const gap = 2;
/** With less than this for words, even the port gives way. */
const leastHealth = 10;
/** The pointer and the space before the first column. */
const margin = 3;

/** The table of all members that are given, for the columns there are. */
export function serviceTable(members: readonly Member[], facts: TableFacts): ServiceTable {
  const shown = fitColumns(facts);
  const heading = clipLine(
    [
      span(" ".repeat(margin)),
      ...between(shown.map(({ column, width }) => span(fit(column.name, width, column.align), "dim"))),
    ],
    facts.columns,
  );
  return { heading, rows: members.map((member) => row(member, shown, facts)) };
}

interface Shown {
  readonly column: Column;
  readonly width: number;
}

function row(member: Member, shown: readonly Shown[], facts: TableFacts): Line {
  const isSelected = member.service.name === facts.selected;
  const dim = !member.wanted && member.state.status === "idle";
  const cells = shown.map(({ column, width }) => {
    const { text, tone } = column.cell(member, facts);
    const name = column === columns["service"] && isSelected;
    return span(fit(text, width, column.align, facts.marks.ellipsis), name ? "strong" : dim ? "dim" : tone);
  });
  return clipLine([span(isSelected ? " > " : "   ", "strong"), ...between(cells)], facts.columns);
}

function between(cells: readonly Span[]): readonly Span[] {
  return cells.flatMap((cell, index) => (index === 0 ? [cell] : [span(" ".repeat(gap)), cell]));
}

/** The columns that fit, each as wide as its widest cell may be; health gets what is left. */
function fitColumns(facts: TableFacts): readonly Shown[] {
  const everyone = Object.values(facts.fleet.members);
  const widths = new Map(
    order.flatMap((key) => {
      const column = columns[key];
      if (column === undefined) return [];
      const widest =
        column.least === column.most
          ? column.least
          : Math.max(column.name.length, ...everyone.map((member) => widthOf(column.cell(member, facts).text)));
      return [[key, Math.min(column.most, Math.max(column.least, widest))] as const];
    }),
  );
  const kept = new Set(order);
  const others = (): number =>
    margin + [...kept].reduce((sum, key) => sum + (key === "health" ? 0 : (widths.get(key) ?? 0)) + gap, -gap);
  // A reason that is cut says less than a column of figures that most look at now and then.
  const wanted = Math.min(widths.get("health") ?? 0, 28);
  for (const key of dispensable) {
    if (facts.columns - others() >= (key === "port" ? leastHealth : wanted)) break;
    kept.delete(key);
  }
  const health = Math.max(0, Math.min(widths.get("health") ?? 0, facts.columns - others()));
  return order.flatMap((key) => {
    const column = columns[key];
    if (column === undefined || !kept.has(key)) return [];
    return [{ column, width: key === "health" ? health : (widths.get(key) ?? 0) }];
  });
}

function nameCell({ service }: Member): Span {
  return span(service.name);
}

/** The ports it has, or the ones it would like; `3000→3001` for one that has moved. */
function portCell({ service, ports }: Member, { marks }: TableFacts): Span {
  if (service.endpoints.length === 0) return dash;
  const words = service.endpoints.map(({ name, preferred }) => {
    const port = ports[name];
    if (port === undefined) return preferred === undefined ? "-" : `${preferred}`;
    return preferred !== undefined && preferred !== port ? `${preferred}${marks.moved}${port}` : `${port}`;
  });
  const moved = service.endpoints.some(
    ({ name, preferred }) => preferred !== undefined && ports[name] !== undefined && ports[name] !== preferred,
  );
  const held = service.endpoints.every(({ name }) => ports[name] !== undefined);
  return span(words.join(","), moved ? "warn" : held ? undefined : "dim");
}
