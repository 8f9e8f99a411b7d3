// How a run stands, as a table for people and as a document for programs.

import { jsonText } from "../core/sanitize.ts";
import type { RemoteSession } from "../client/session.ts";
import { aboutWords } from "../core/about.ts";
import { explain } from "../core/explain.ts";
import { describeMillis } from "../core/failure.ts";
import type { Millis } from "../core/service.ts";
import type { Differences } from "../core/session.ts";
import type { Fleet, Member } from "../core/state.ts";
import { isSame } from "../plan/differences.ts";
import { tellingWords, wordOf } from "../core/word.ts";
import { stateWord, urlIn } from "./summary.ts";
import { table } from "./table.ts";
import type { Style } from "./terminal.ts";

/** Services with their state, ports, URL and time in that state; what is not up says why. */
export function statusTable(
  fleet: Fleet,
  at: Millis,
  style: Style,
  isShown: (member: Member) => boolean = () => true,
  columns: number | undefined = process.stdout.columns,
): string {
  const rows = Object.values(fleet.members)
    .filter(isShown)
    .map((member) => [
      member.service.name,
      stateWord(member, style),
      Object.values(member.ports).join(", "),
      isServing(member) ? urlIn(member) : "",
      "since" in member.state ? describeMillis(Math.max(0, at - member.state.since)) : "",
      member.restarts === 0 ? "" : String(member.restarts),
      aboutWords(member.service),
      isWell(member) ? servingWords(member) : whyWords(member, explain(fleet, member.service.name, at).text),
    ]);
  return table(["service", "state", "port", "url", "for", "restarts", "about", "why"].map(style.dim), rows, columns);
}

/** An explanation beside the state that it explains: what the word has said is not said again. */
function whyWords(member: Member, text: string): string {
  return text.replace(new RegExp(`^(?:is |has )?${wordOf(member)}(?:$|: |, )`), "");
}

/** What is worth knowing of what serves. */
function servingWords({ said = "", elsewhere = "", socketLost }: Member): string {
  return [elsewhere, said, ...(socketLost === true ? ["its next restart refuses connections"] : [])]
    .filter(Boolean)
    .join("; ");
}

function isServing({ state, health }: Member): boolean {
  return state.status === "ready" && health.status !== "unhealthy";
}

/** True when there is nothing to explain. */
function isWell(member: Member): boolean {
  return isServing(member) && member.crashes === undefined;
}

/** The same as one JSON document with a line end; `edited` is what the manifest says now and the run does not know. */
export function statusJson(
  session: RemoteSession,
  isShown: (member: Member) => boolean = () => true,
  edited?: Differences,
): string {
  const { about } = session;
  const fleet = session.snapshot();
  const services = Object.values(fleet.members)
    .filter(isShown)
    .map((member) => ({
      name: member.service.name,
      description: member.service.description ?? null,
      version: member.service.version ?? null,
      label: member.service.label ?? null,
      state: wordOf(member),
      phase: member.state.status,
      wanted: member.wanted,
      health: member.health.status,
      ports: member.ports,
      url: urlIn(member) === "" ? null : urlIn(member),
      pid: "pid" in member.state ? (member.state.pid ?? null) : null,
      restarts: member.restarts,
      crashes: member.crashes?.count ?? 0,
      lastWords: tellingWords(member) ?? null,
      says: member.said ?? null,
      why: explain(fleet, member.service.name, session.now()).text,
    }));
  const run = {
    project: about.project,
    instance: about.instance,
    root: about.root,
    pid: about.pid,
    startedAt: about.startedAt,
    ...(about.replaced === undefined ? {} : { replaced: about.replaced }),
    ...(edited === undefined || isSame(edited) ? {} : { edited }),
  };
  return `${jsonText({ ...run, up: fleet.wasUp, services }, 2)}\n`;
}
