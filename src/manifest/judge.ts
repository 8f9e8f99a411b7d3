// A manifest's settings, or one service, as a plain value, against the schema.

import type * as z from "zod/mini";
import { manifestKeys, manifestMap } from "./schema.ts";
import type { ManifestInput, ServiceInput } from "./schema.ts";
import { serviceKeys, serviceMap } from "./schema/service.ts";

type Issue = z.core.$ZodIssue;

/** What was meant, or all that is wrong with it. */
export interface Judged<Input> {
  readonly input?: Input;
  readonly issues: readonly Issue[];
}

/** A whole manifest. */
export function judgeManifest(plain: unknown): Judged<ManifestInput> {
  // What is missing, the schema itself tells.
  if (!isMap(plain) || !Object.hasOwn(plain, "services")) return { issues: issuesOf(manifestMap, plain) };
  return judgeKeys(manifestKeys, plain);
}

/** One service; each of its keys may be absent. */
export function judgeService(plain: unknown): Judged<ServiceInput> {
  return isMap(plain) ? judgeKeys(serviceKeys, plain) : { issues: issuesOf(serviceMap, plain) };
}

// As a map of these keys judges, but asking only after those that are there: a service says few of more than thirty.
function judgeKeys<Input>(
  keys: Readonly<Record<string, z.ZodMiniType>>,
  plain: Readonly<Record<string, unknown>>,
): Judged<Input> {
  const input: Record<string, unknown> = {};
  const issues: Issue[] = [];
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(plain)) {
    const schema = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (schema === undefined) {
      unknown.push(key);
      continue;
    }
    const { data, error } = schema.safeParse(value);
    input[key] = data;
    issues.push(...(error?.issues ?? []).map((issue) => ({ ...issue, path: [key, ...issue.path] })));
  }
  if (unknown.length > 0) {
    issues.push({ code: "unrecognized_keys", keys: unknown, path: [], message: "unknown keys" });
  }
  return issues.length > 0 ? { issues } : { input: input as Input, issues };
}

function issuesOf(map: z.ZodMiniType, plain: unknown): readonly Issue[] {
  return map.safeParse(plain).error?.issues ?? [];
}

/** Whether a plain value is a map. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
