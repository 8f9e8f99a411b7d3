// Passes on what the engine of a run in the background has to say, while somebody still reads.

import { printError } from "./print.ts";
import type { RemoteSession } from "../client/session.ts";
import type { Entry } from "../core/event.ts";
import { aboutOf, noticeRemark } from "../core/notice.ts";

/** Warnings on stderr: those of before at once, and each as it comes until disposed. */
export function sayNotices(session: Pick<RemoteSession, "past" | "subscribe">): Disposable {
  for (const entry of session.past) say(entry);
  return sayNewNotices(session);
}

/** Warnings on stderr, each as it comes until disposed: about launch and about the services for which `isMeant` holds. */
export function sayNewNotices(
  session: Pick<RemoteSession, "subscribe">,
  isMeant: (service: string) => boolean = () => true,
): Disposable {
  return session.subscribe((entry) => {
    const { event } = entry;
    if (event.type === "noticed" && "service" in event.notice && !isMeant(event.notice.service)) return;
    say(entry);
  });
}

function say({ event }: Entry): void {
  if (event.type !== "noticed") return;
  const remark = noticeRemark(event.notice);
  if (remark === undefined || remark.tone === "plain") return;
  const about = aboutOf(event.notice);
  printError(`warning: ${about === "launch" ? "" : `${about}: `}${remark.text}\n`);
}
