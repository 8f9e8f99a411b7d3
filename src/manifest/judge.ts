// A service, as a plain value, against the schema.

import type * as z from "zod/mini";
import type { ServiceInput } from "./schema.ts";
import { serviceKeys, serviceMap } from "./schema/service.ts";

/** The service, or all that is wrong with it. */
export interface Judged {
  readonly input?: ServiceInput;
  readonly issues: readonly z.core.$ZodIssue[];
}

/** As `serviceMap` judges, but asking only after the keys that are there: a service says few of more than thirty. */
export function judgeService(plain: unknown): Judged {
  if (!isMap(plain)) return { issues: serviceMap.safeParse(plain).error?.issues ?? [] };
  const input: Record<string, unknown> = {};
  const issues: z.core.$ZodIssue[] = [];
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(plain)) {
    if (!isKey(key)) {
      unknown.push(key);
      continue;
    }
    const { data, error } = serviceKeys[key].safeParse(value);
    input[key] = data;
    issues.push(...(error?.issues ?? []).map((issue) => ({ ...issue, path: [key, ...issue.path] })));
  }
  if (unknown.length > 0) {
    issues.push({ code: "unrecognized_keys", keys: unknown, path: [], message: "unknown keys" });
  }
  return issues.length > 0 ? { issues } : { input, issues };
}

function isKey(key: string): key is keyof typeof serviceKeys {
  return Object.hasOwn(serviceKeys, key);
}

/** Whether a plain value is a map. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
