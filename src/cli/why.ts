// `launch why SERVICE…`: why a service is as it is, down to the cause.

import { jsonText } from "../core/sanitize.ts";
import { print } from "./print.ts";
import { aboutWords } from "../core/about.ts";
import { explain, type Explanation, explanationLines } from "../core/explain.ts";
import { type Fleet, isUp } from "../core/state.ts";
import { namesIn } from "./asked-of-run.ts";
import type { GlobalArgs } from "./options.ts";
import { reachRun, sayNobodyThere, stateOf } from "./reach.ts";

/** 0 when all that were named are up, 1 when not, 4 when nothing runs. */
export async function run(args: GlobalArgs & { readonly service: readonly string[] }): Promise<number> {
  const paths = await stateOf(args);
  if (paths === undefined) return 2;
  await using session = await reachRun(paths);
  if (session === undefined) return sayNobodyThere(args);
  const fleet = session.snapshot();
  const names = namesIn(fleet, args.service);
  const explanations = names.map((name) => explain(fleet, name, session.now()));
  const text = args.json
    ? jsonText(explanations, 2)
    : explanations.map((explanation) => whyText(fleet, explanation)).join("\n");
  print(`${text}\n`);
  return names.every((name) => fleet.members[name] !== undefined && isUp(fleet.members[name])) ? 0 : 1;
}

/** The chain of causes, and what the service is, where the manifest says it. */
function whyText(fleet: Fleet, explanation: Explanation): string {
  const service = fleet.members[explanation.service]?.service;
  const about = service === undefined ? "" : aboutWords(service);
  return [...explanationLines(explanation), ...(about === "" ? [] : [`  (${about})`])].join("\n");
}
