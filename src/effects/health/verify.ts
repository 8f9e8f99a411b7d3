// Whose answer it was: a probe proves something only when the answering socket belongs to the service's own processes.

import type { Port } from "../../core/service.ts";
import { listenerFor } from "../ports/sockets.ts";
import { mainEndpointOf } from "../../plan/env.ts";
import { mainPort } from "./address.ts";
import type { Answered, Subject } from "./subject.ts";

/** What is known about who answered. */
export type Verdict =
  /** The service itself, or nobody asked: `owner: any`, or a probe that involves no socket. */
  | { readonly kind: "own"; readonly inode?: number }
  /** A socket of which the system does not tell whose it is. */
  | { readonly kind: "unknown"; readonly inode: number }
  /** No listening socket can be seen: it is gone again, or lives in another network namespace. */
  | { readonly kind: "unseen" }
  /** A process outside the service's tree. */
  | { readonly kind: "stranger"; readonly port: Port; readonly inode: number };

/** Finds the listening socket behind an answer and asks whose it is. `known`: an inode that was found own before. */
export async function verify(
  subject: Subject,
  owner: "tree" | "any",
  answered: Answered | undefined,
  known?: number,
): Promise<Verdict> {
  const { leader, sockets, marker } = subject;
  if (owner === "any" || leader === undefined) return { kind: "own" };
  const asked = answered ?? mainAnswer(subject);
  if (asked === undefined) return { kind: "own" };
  const inode = asked.inode ?? listenerFor(await sockets.read(), asked.port, asked.host)?.inode;
  if (inode === undefined) return { kind: "unseen" };
  if (inode === known) return { kind: "own", inode };
  switch (await sockets.owns(leader, inode, marker)) {
    case "yes":
      return { kind: "own", inode };
    case "no":
      return { kind: "stranger", port: asked.port, inode };
    case "unknown":
      return { kind: "unknown", inode };
  }
}

/** What a command has most likely talked to: it may have been content with a stranger on the service's port. */
function mainAnswer({ service, ports }: Subject): { host?: string; port: Port; inode?: number } | undefined {
  const port = mainPort(service, ports);
  // A UDP port is not connected to: whoever asked it has its own way.
  if (port === undefined || mainEndpointOf(service)?.transport === "udp") return undefined;
  return service.host === undefined ? { port } : { host: service.host, port };
}
