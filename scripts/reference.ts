// `docs/manifest.md`: the tables come from the schema, what is around them from `manifest-guide.md`.

import { readFile } from "node:fs/promises";
import * as z from "zod/mini";
import { manifestMap, portPoolMap } from "../src/manifest/schema.ts";
import { portMap } from "../src/manifest/schema/port.ts";
import { healthMap, readyMap } from "../src/manifest/schema/probe.ts";
import {
  envFileMap,
  fileMap,
  logsMap,
  needMap,
  restartMap,
  serviceMap,
  stopMap,
} from "../src/manifest/schema/service.ts";

const tables: Readonly<Record<string, z.ZodMiniObject>> = {
  manifest: manifestMap,
  service: serviceMap,
  port: portMap,
  ready: readyMap,
  health: healthMap,
  need: needMap,
  restart: restartMap,
  stop: stopMap,
  logs: logsMap,
  file: fileMap,
  "env-file": envFileMap,
  "port-pool": portPoolMap,
};

/** The text of `docs/manifest.md`. */
export async function renderReference(): Promise<string> {
  const guide = await readFile(new URL("manifest-guide.md", import.meta.url), "utf8");
  return guide.replaceAll(/^<!-- table (\S+) -->$/gm, (_, name: string) => renderTable(tables[name]!));
}

function renderTable(object: z.ZodMiniObject): string {
  const rows = Object.entries(object.shape).map(([key, schema]) => {
    const meta = z.globalRegistry.get(schema as z.ZodMiniType) ?? {};
    const required = !(schema as z.ZodMiniType).safeParse(undefined).success && !isOptional(schema as z.ZodMiniType);
    return `| \`${key}\` | ${typeOf(schema as z.ZodMiniType)} | ${required ? "required" : defaultOf(meta["default"])} | ${meta.description ?? ""} |`;
  });
  return ["| key | value | default | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function isOptional(schema: z.ZodMiniType): boolean {
  return schema.def.type === "optional";
}

// The schema's own words for what a value must be, which it gives for a value that nothing accepts.
function typeOf(schema: z.ZodMiniType): string {
  const message = schema.safeParse(Symbol("nothing")).error?.issues[0]?.message ?? "";
  const words = message.startsWith("Invalid input") ? "a map" : message;
  return words === "not supported yet" ? "–" : words.replaceAll(/"([^"]+)"/g, "`$1`").replaceAll("|", "\\|");
}

function defaultOf(value: unknown): string {
  if (value === undefined) return "";
  if (value === "") return "empty";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.includes(";") ? text : `\`${text}\``;
}
