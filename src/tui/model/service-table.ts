// The table of services: which columns there is room for, and what stands in each.

import { type Member, isActive } from "../../core/state.ts";
import type { Fleet } from "../../core/state.ts";
import type { Millis, Service } from "../../core/service.ts";
import { words } from "../../core/word.ts";
import type { Usage } from "../host.ts";
import { memory, percent, uptime } from "./figures.ts";
import { clipLine, fit, middle, spread, widthOf } from "./fit.ts";
import { bar, type Line, type Span, span } from "./line.ts";
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
  /** As wide as the services of this run may ever need; 0: what is left. */
  width(services: readonly Service[], facts: TableFacts): number;
  cell(member: Member, facts: TableFacts): Span;
}

const nothing = span("");

// Health takes what is left: it is the one that has words in it. No width depends on what happens, so that nothing jumps.
const columns: Readonly<Record<string, Column>> = {
  service: { name: "SERVICE", align: "left", width: nameWidth, cell: ({ service }) => span(service.name) },
  state: { name: "STATE", align: "left", width: () => stateWidth, cell: (member) => stateWord(member) },
  port: { name: "PORT", align: "left", width: portWidth, cell: portCell },
  health: {
    name: "HEALTH",
    align: "left",
    width: () => 0,
    cell: (member, { fleet, at }) => stateReason(fleet, member, at),
  },
  restarts: {
    name: "RESTARTS",
    align: "right",
    width: () => 8,
    cell: ({ restarts }) => (restarts === 0 ? nothing : span(String(restarts), "warn")),
  },
  cpu: {
    name: "CPU",
    align: "right",
    width: () => 6,
    cell: ({ service }, { usage }) => {
      const used = usage[service.name];
      return used === undefined ? nothing : span(percent(used.cpu));
    },
  },
  memory: {
    name: "MEM",
    align: "right",
    width: () => 5,
    cell: ({ service }, { usage }) => {
      const used = usage[service.name];
      return used === undefined ? nothing : span(memory(used.memory));
    },
  },
  uptime: {
    name: "UPTIME",
    align: "right",
    width: () => 6,
    cell: ({ state }, { at }) => (isActive(state) && "since" in state ? span(uptime(at - state.since)) : nothing),
  },
  needs: {
    name: "NEEDS",
    align: "left",
    width: (services) => Math.min(28, Math.max(5, ...services.map((service) => needsOf(service).length))),
    cell: ({ service }) => span(needsOf(service), "dim"),
  },
};

const order = ["service", "state", "port", "health", "restarts", "cpu", "memory", "uptime", "needs"];
/** The first to go when there is no room, and with how many columns for words it stays. */
const dispensable: readonly (readonly [string, number])[] = [
  ["needs", 60],
  ["memory", 28],
  ["restarts", 28],
  ["uptime", 28],
  ["cpu", 28],
  ["port", 10],
];
const gap = 2;
/** The pointer and the space before the first column. */
const margin = 3;
const stateWidth = Math.max(...words.map((word) => word.length));

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
    if (column === columns["service"]) {
      return span(fit(middle(text, width, facts.marks.ellipsis), width), isSelected ? "strong" : dim ? "dim" : tone);
    }
    return span(fit(text, width, column.align, facts.marks.ellipsis), dim ? "dim" : tone);
  });
  const line = clipLine([span(isSelected ? " > " : "   ", "strong"), ...between(cells)], facts.columns);
  return isSelected ? bar(spread(line, [], facts.columns)) : line;
}

function between(cells: readonly Span[]): readonly Span[] {
  return cells.flatMap((cell, index) => (index === 0 ? [cell] : [span(" ".repeat(gap)), cell]));
}

/** The columns that there is room for, and how wide they are. */
function fitColumns(facts: TableFacts): readonly Shown[] {
  const services = Object.values(facts.fleet.members).map(({ service }) => service);
  const widths = new Map(order.map((key) => [key, columns[key]?.width(services, facts) ?? 0]));
  const kept = new Set(order);
  const left = (): number =>
    facts.columns - margin - [...kept].reduce((sum, key) => sum + (widths.get(key) ?? 0) + gap, -gap);
  // A reason that is cut says less than a column of figures that most look at now and then.
  for (const [key, least] of dispensable) {
    if (left() >= least) break;
    kept.delete(key);
  }
  widths.set("health", Math.max(0, left()));
  return order.flatMap((key) => {
    const column = columns[key];
    return column === undefined || !kept.has(key) ? [] : [{ column, width: widths.get(key) ?? 0 }];
  });
}

function nameWidth(services: readonly Service[], { columns }: TableFacts): number {
  return Math.min(columns >= 120 ? 32 : 24, Math.max(8, ...services.map(({ name }) => widthOf(name))));
}

/** Room for a port that moves, where there is one alone. */
function portWidth(services: readonly Service[], { marks }: TableFacts): number {
  const widest = services.map(({ endpoints }) => {
    const [first] = endpoints;
    const digits = endpoints.map(({ preferred }) => (preferred === undefined ? 5 : String(preferred).length));
    const sum = digits.reduce((all, one) => all + one + 1, -1);
    return endpoints.length === 1 && first?.preferred !== undefined && !first.fixed
      ? sum * 2 + marks.moved.length
      : sum;
  });
  return Math.min(18, Math.max(5, ...widest));
}

function needsOf({ needs }: Service): string {
  return needs.map((need) => need.service).join(", ");
}

/** The ports it has, or the ones it would like; `3000→3001` for one that has moved. */
function portCell({ service, ports }: Member, { marks }: TableFacts): Span {
  if (service.endpoints.length === 0) return nothing;
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
