// `launch status [SVC…]`: how the run of this project stands.

import { print, printError } from "./print.ts";
import { describeMillis } from "../core/failure.ts";
import { hasFailed, type Member } from "../core/state.ts";
import { matcher } from "../plan/select.ts";
import { editedWords } from "./edited.ts";
import { leftBehindWords, leftByOwn } from "./left-behind.ts";
import type { GlobalArgs } from "./options.ts";
import { reachRun, sayNobodyThere, stateOf } from "./reach.ts";
import { statusJson, statusTable } from "./status-table.ts";
import { sentence } from "./table.ts";
import { newStyle, wantsColor } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** 0; 1 when something that was asked for has failed; 4 when nothing runs. */
export async function run(args: GlobalArgs & { readonly service?: readonly string[] }): Promise<number> {
  const paths = await stateOf(args);
  if (paths === undefined) return 2;
  await using session = await reachRun(paths);
  if (session === undefined) {
    const words = leftBehindWords(await leftByOwn(paths));
    if (words !== undefined) printError(`${words}\n`);
    return sayNobodyThere(args);
  }
  const { members } = session.snapshot();
  const unknown = (args.service ?? []).filter((pattern) => !Object.keys(members).some(matcher([pattern])));
  if (unknown.length > 0) throw new UsageError(`No service of this run is called ${unknown.join(" or ")}.`);
  const isNamed = (args.service ?? []).length === 0 ? () => true : matcher(args.service ?? []);
  const isShown = ({ service }: Member): boolean => isNamed(service.name);
  if (args.json) print(statusJson(session, isShown, await session.differences().catch(() => undefined)));
  else {
    const style = newStyle(wantsColor(args));
    print(`${statusTable(session.snapshot(), session.now(), style, isShown)}\n`);
    const edited = await editedWords(session);
    if (edited !== undefined) print(`\n${sentence(edited)}\n`);
    if (session.about.replaced !== undefined) print(`\n${sentence(replacedWords(session.about.replaced))}\n`);
  }
  return Object.values(members).filter(isShown).some(hasFailed) ? 1 : 0;
}

function replacedWords({ times, at }: { readonly times: number; readonly at: number }): string {
  const often = times === 1 ? "" : `, ${times} times by now`;
  return `The engine had died and was started again ${describeMillis(Math.max(0, Date.now() - at))} ago${often}; the services went on.`;
}
