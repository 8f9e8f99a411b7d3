// `launch why SERVICE…`: why a service is as it is, down to the cause.

import { jsonText } from "../core/sanitize.ts";
import { print } from "./print.ts";
import { aboutWords, environmentWords } from "../core/about.ts";
import { explain, type Explanation, explanationLines } from "../core/explain.ts";
import { plainText } from "../core/sanitize.ts";
import type { Details, Environment } from "../core/session.ts";
import { type Fleet, isUp, type Member } from "../core/state.ts";
import { isTroubled, type Word, wordOf } from "../core/word.ts";
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
  const explanations = await Promise.all(
    names.map(async (name) => {
      const details = await session.details(name).catch(() => undefined);
      return { ...explain(fleet, name, session.now()), ...known(fleet.members[name], details) };
    }),
  );
  const text = args.json
    ? jsonText(explanations, 2)
    : explanations.map((explanation) => whyText(fleet, explanation)).join("\n");
  print(`${text}\n`);
  return names.every((name) => fleet.members[name] !== undefined && isUp(fleet.members[name])) ? 0 : 1;
}

/** What is told beside the chain. */
interface Known {
  readonly state?: Word;
  readonly environment?: Environment;
  readonly lastLines?: readonly string[];
}

function known(member: Member | undefined, details: Details | undefined): Known {
  return {
    ...(member === undefined ? {} : { state: wordOf(member) }),
    ...(details === undefined
      ? {}
      : { environment: details.environment, lastLines: details.lastLines.map((line) => plainText(line)) }),
  };
}

/** The chain of causes, and what the service is, where the manifest says it. */
function whyText(fleet: Fleet, explanation: Explanation & Known): string {
  const service = fleet.members[explanation.service]?.service;
  const about = service === undefined ? "" : aboutWords(service);
  const member = fleet.members[explanation.service];
  // What is well needs no evidence.
  const isOpen = member !== undefined && (!isUp(member) || isTroubled(member));
  const { environment, lastLines = [] } = isOpen ? explanation : {};
  return [
    ...explanationLines(explanation),
    ...(about === "" ? [] : [`  (${about})`]),
    ...(environment === undefined ? [] : [`  environment: ${environmentWords(environment)}`]),
    ...(lastLines.length === 0 ? [] : ["  last lines:", ...lastLines.map((line) => `  | ${line}`)]),
  ].join("\n");
}
