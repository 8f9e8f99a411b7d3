// All about one service: why it is as it is, how it has been, what its run is made of.

import { aboutWords } from "../../core/about.ts";
import { withoutCredentials } from "../../core/mask.ts";
import type { Fleet, Member } from "../../core/state.ts";
import { explain, explanationLines } from "../../core/explain.ts";
import { describeEnd, describeMillis } from "../../core/failure.ts";
import type { Millis, Probe, Service } from "../../core/service.ts";
import { dependentsOf } from "../../core/needs.ts";
import type { Usage } from "../host.ts";
import type { Details } from "../../core/session.ts";
import { memory, percent, uptime } from "./figures.ts";
import { environmentWords } from "../../core/about.ts";
import { plainText } from "../../core/sanitize.ts";
import { fit } from "./fit.ts";
import { type Line, span } from "./line.ts";
import { inMarks, type Marks } from "./marks.ts";

/** What the view is made from. `details`: not asked yet, a refusal in words, or what the engine knows. */
export interface WhyFacts {
  readonly fleet: Fleet;
  readonly service: string;
  readonly at: Millis;
  readonly details: Details | string | undefined;
  readonly usage: Usage | undefined;
  readonly url: string | undefined;
  readonly log: string;
  readonly marks: Marks;
}

/** The view as lines. */
export function whyLines(facts: WhyFacts): readonly Line[] {
  const { fleet, service, at, marks } = facts;
  const member = fleet.members[service];
  if (member === undefined) return [[span(`${service} is not a service of this project`)]];
  const chain = explanationLines(explain(fleet, service, at)).map((line, index): Line => [
    span(inMarks(line, marks), index === 0 ? "strong" : undefined),
  ]);
  return [
    ...chain,
    [],
    ...lastLines(facts.details),
    ...factLines(facts, member),
    ...(member.run === 0 ? [] : detailLines(facts.details)),
    ...processLines(facts.usage),
  ];
}

function factLines(facts: WhyFacts, member: Member): readonly Line[] {
  const { fleet, service: name, at } = facts;
  const { service, state, health, lastEnd } = member;
  const pid = "pid" in state ? state.pid : undefined;
  const ports = service.endpoints.map(({ name: endpoint, preferred, fixed }) => {
    const port = member.ports[endpoint];
    const wish = preferred === undefined || preferred === port ? "" : ` (wanted ${preferred})`;
    return `${endpoint === "main" ? "" : `${endpoint} `}${port ?? "none yet"}${wish}${fixed ? " (fixed)" : ""}`;
  });
  const dependents = dependentsOf(fleet, name).map((one) => one.service.name);
  return [
    row("about", aboutWords(service)),
    row(
      "run",
      `${member.run === 0 ? "none yet" : member.run}${pid === undefined ? "" : `, pid ${pid}`}${"since" in state ? `, ${state.status} for ${uptime(at - state.since)}` : ""}`,
    ),
    row("ports", ports.join(", ")),
    row("page", facts.url ?? ""),
    row("ready", readyWords(service)),
    row(
      "health",
      service.health === undefined
        ? ""
        : `${health.status}: ${probeWords(service.health.probe)}, every ${describeMillis(service.health.interval)}`,
    ),
    row("last probe", member.probeReason ?? ""),
    row("last end", lastEnd === undefined ? "" : describeEnd(lastEnd)),
    row("restarts", `${member.restarts}, policy ${service.restart.policy}`),
    row("needs", service.needs.map((need) => `${need.service} (${need.condition})`).join(", ")),
    row("needed by", dependents.join(", ")),
    row("log", facts.log),
    row("manifest", `${service.place.file}:${service.place.line}`),
  ].flat();
}

function detailLines(details: WhyFacts["details"]): readonly Line[] {
  if (details === undefined) return row("command", "being asked for");
  if (typeof details === "string") return row("command", details);
  return [
    row("command", details.command),
    row("directory", details.workingDir),
    row("environment", environmentWords(details.environment)),
    row("files", details.files.join(", ")),
    row("sets itself", details.clashes.join(", ")),
  ].flat();
}

/** What it printed last: the reason is often there. */
function lastLines(details: WhyFacts["details"]): readonly Line[] {
  if (details === undefined || typeof details === "string" || details.lastLines.length === 0) return [];
  const said = details.lastLines.map((text): Line => [span("  | ", "dim"), span(plainText(text))]);
  return [[span("last lines", "strong")], ...said, []];
}

function processLines(usage: Usage | undefined): readonly Line[] {
  if (usage === undefined || usage.processes.length === 0) return [];
  const pids = new Set(usage.processes.map(({ pid }) => pid));
  const lines: Line[] = [];
  const visit = (pid: number, depth: number): void => {
    const one = usage.processes.find((process) => process.pid === pid);
    if (one === undefined || depth > 20) return;
    lines.push([span(`  ${fit(String(pid), 8, "right")} `, "dim"), span(`${"  ".repeat(depth)}${one.command}`)]);
    for (const child of usage.processes) if (child.ppid === pid && child.pid !== pid) visit(child.pid, depth + 1);
  };
  for (const { pid, ppid } of usage.processes) if (!pids.has(ppid) || ppid === pid) visit(pid, 0);
  return [
    [],
    [span("processes", "strong"), span(`  cpu ${percent(usage.cpu)}, mem ${memory(usage.memory)}`, "dim")],
    ...lines,
  ];
}

/** A labelled line, or none when there is nothing to say. */
function row(label: string, text: string): readonly Line[] {
  return text === "" ? [] : [[span(`${fit(label, 12)} `, "dim"), span(text)]];
}

/** What proves a service ready, and by when; a task may take its time. */
function readyWords({ type, ready }: Service): string {
  if (type === "task") return "once it has ended with success";
  return `${probeWords(ready.probe)}, within ${describeMillis(ready.timeout)}`;
}

function probeWords(probe: Probe): string {
  switch (probe.kind) {
    case "listen":
      return probe.endpoint === "main" ? "listens on its port" : `listens on ${probe.endpoint}`;
    case "tcp":
      return `accepts connections at ${probe.address}`;
    case "http":
      return `answers ${withoutCredentials(probe.target)}`;
    case "exec":
      return "its check command succeeds";
    case "log":
      return `says /${probe.pattern}/`;
    case "notify":
      return "says that it is ready";
    case "none":
      return "has started and goes on";
  }
}
