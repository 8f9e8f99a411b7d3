// What the processes of a run have open for others: for services that are not found where they were told to be.

import type { OwnSocket } from "../../core/elsewhere.ts";
import { now } from "../clock.ts";
import { findSocketOwners } from "./holders.ts";
import { belongs, type Leader } from "./ownership.ts";
import { type Listener, pollListeners } from "./sockets.ts";

/** The listening TCP sockets and the UDP ports of a run's processes; none where the system does not tell whose they are. */
export async function ownSockets(leader: Leader, marker: string): Promise<readonly OwnSocket[]> {
  const [tcp, udp] = await Promise.all([pollListeners(), pollListeners("udp")]);
  const owners = await ownersOf([...tcp, ...udp]);
  const isOwn = ({ inode }: Listener): boolean =>
    owners.get(inode)?.some((pid) => belongs(pid, leader, marker)) === true;
  return [...tcp, ...udp].filter(isOwn).map(({ port, address, transport }) => ({
    port,
    address,
    ...(transport !== undefined && { transport }),
  }));
}

type Owners = ReadonlyMap<number, readonly number[]>;

/** For so long, all who ask about the same sockets share one pass over the machine's processes. */
const shared = 1000;

let latest: { readonly sockets: string; readonly at: number; readonly owners: Promise<Owners> } | undefined;

function ownersOf(rows: readonly Listener[]): Promise<Owners> {
  const inodes = new Set(rows.map(({ inode }) => inode));
  const sockets = [...inodes].join(" ");
  if (latest?.sockets !== sockets || now() - latest.at > shared) {
    latest = { sockets, at: now(), owners: findSocketOwners(inodes) };
  }
  return latest.owners;
}
