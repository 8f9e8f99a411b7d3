// Passes on what the engine of a run in the background has to say, while somebody still reads.

import { printError } from "./print.ts";
import type { RemoteSession } from "../client/session.ts";
import type { Entry } from "../core/event.ts";
import { aboutOf, noticeRemark } from "../core/notice.ts";

/** Warnings on stderr: those of before at once, and each as it comes until disposed. */
export function sayNotices(session: Pick<RemoteSession, "past" | "subscribe">): Disposable {
  const say = ({ event }: Entry): void => {
    if (event.type !== "noticed") return;
    const remark = noticeRemark(event.notice);
    if (remark === undefined || remark.tone === "plain") return;
    const about = aboutOf(event.notice);
    printError(`warning: ${about === "launch" ? "" : `${about}: `}${remark.text}\n`);
  };
  for (const entry of session.past) say(entry);
  return session.subscribe(say);
}
