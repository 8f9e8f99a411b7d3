// The listen probe: a listening socket on the port, seen in the kernel's table. Nobody is connected to, so it is for UDP as well.

import type { Binding } from "../../plan/binding.ts";
import { listenerFor } from "../ports/sockets.ts";
import { describeAddress, hostsOf } from "./address.ts";
import type { ProbeResult, Sockets } from "./subject.ts";

/** Looks for a socket that a connection to the port would reach. */
export async function probeListen(
  { port, host, transport }: Binding,
  sockets: Pick<Sockets, "poll">,
): Promise<ProbeResult> {
  const listener = listenerFor(await sockets.poll(transport), port, host);
  if (listener !== undefined) {
    return { ok: true, answered: { host: listener.address, port, inode: listener.inode } };
  }
  const where = host === undefined ? `port ${port}` : describeAddress(hostsOf(host)[0] ?? host, port);
  return { ok: false, reason: `nothing listens on ${transport === "udp" ? "UDP " : ""}${where}`, refused: true };
}
