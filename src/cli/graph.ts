// `launch graph`: who needs whom, as text, mermaid or JSON.

import { jsonText } from "../core/sanitize.ts";
import { print } from "./print.ts";
import type { Service } from "../core/service.ts";
import { levelsOf } from "../plan/graph.ts";
import type { GlobalArgs, graphOptions, SelectionArgs, Values } from "./options.ts";
import { chooseServices } from "./project.ts";

/** Prints the graph of the chosen services. */
export async function run(args: GlobalArgs & SelectionArgs & Values<typeof graphOptions>): Promise<number> {
  const chosen = await chooseServices(args);
  if (chosen === undefined) return 2;
  const format = args.json ? "json" : args.format;
  const draw = { text: asText, mermaid: asMermaid, json: asJson };
  print(`${draw[format](chosen.services)}\n`);
  return 0;
}

/** One block a level: what starts at the same time, and what each waits for. Pure. */
export function asText(services: readonly Service[]): string {
  const levels = levelsOf(services);
  const last = Math.max(-1, ...levels.values());
  const lines: string[] = [];
  for (let level = 0; level <= last; level++) {
    lines.push(level === 0 ? "first" : "then");
    for (const service of services.filter(({ name }) => levels.get(name) === level)) {
      const needs = service.needs.map(
        (need) =>
          `${need.service} ${need.condition}${need.required ? "" : " (optional)"}${need.restart ? " (restarts with it)" : ""}`,
      );
      lines.push(
        `  ${service.name}${service.type === "service" ? "" : ` (${service.type})`}${needs.length === 0 ? "" : ` ← ${needs.join(", ")}`}`,
      );
    }
  }
  return lines.join("\n");
}

/** A flowchart from the needed to the needing. Pure. */
export function asMermaid(services: readonly Service[]): string {
  // Mermaid takes `end` and leading digits of an id for words of its own, so ids are numbers.
  const ids = new Map(services.map(({ name }, index) => [name, `s${index}`]));
  const shapes = { service: ["[", "]"], task: ["([", "])"], external: ["[[", "]]"] } as const;
  const nodes = services.map(({ name, type }) => `  ${ids.get(name)}${shapes[type][0]}"${name}"${shapes[type][1]}`);
  const edges = services.flatMap(({ name, needs }) =>
    needs.map(
      (need) => `  ${ids.get(need.service)} ${need.required ? "-->" : "-.->"}|${need.condition}| ${ids.get(name)}`,
    ),
  );
  return ["flowchart LR", ...nodes, ...edges].join("\n");
}

/** Nodes and edges as one document. Pure. */
export function asJson(services: readonly Service[]): string {
  const levels = levelsOf(services);
  const nodes = services.map(({ name, type }) => ({ name, type, level: levels.get(name) ?? 0 }));
  const edges = services.flatMap(({ name, needs }) =>
    needs.map(({ service, condition, required, restart }) => ({
      from: name,
      to: service,
      condition,
      required,
      restart,
    })),
  );
  return jsonText({ services: nodes, needs: edges }, 2);
}
