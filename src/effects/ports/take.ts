// Takes one port for this run: the lease that keeps other runs away, the test that nobody is there, the hold that keeps it.

import type { Port } from "../../core/service.ts";
import { isBrowserBlocked, type Candidate } from "../../plan/ports.ts";
import { holdPort, holdSocket, tryPort, type Hold, type PortState } from "./binding.ts";
import type { Lease } from "./lease.ts";
import { leasePort } from "./leases.ts";

/** Why a port was not taken. */
export type Refused = Exclude<PortState, "free"> | "leased";

/** A port that is ours now, or why it is not. */
export type Taking =
  | { readonly state: "taken"; readonly port: Port; readonly lease: Lease; readonly hold: Hold }
  | { readonly state: Refused; readonly port: Port };

/** Who is to listen on a port. */
export interface Server {
  readonly host: string | undefined;
  /** True: launch itself, for the service. */
  readonly isOurs: boolean;
}

/** Takes the candidate for a server; `leased` is the lease on that very port that the run has already. */
export function takePort(candidate: Candidate, { host, isOurs }: Server, leased?: Lease): Taking {
  const taking = candidate === "os" ? takeAny(host) : takeThis(candidate, host, leased);
  return isOurs && taking.state === "taken" ? asSocket(taking, host, leased) : taking;
}

/** The hold that looked everywhere gives way to the socket itself. */
function asSocket(taking: Extract<Taking, { state: "taken" }>, host: string | undefined, leased?: Lease): Taking {
  const { port, lease } = taking;
  const hold = holdSocket(port, host);
  taking.hold[Symbol.dispose]();
  if (typeof hold !== "string") return { ...taking, hold };
  if (leased === undefined) lease[Symbol.dispose]();
  return { state: hold, port };
}

function takeThis(port: Port, host: string | undefined, leased: Lease | undefined): Taking {
  const lease = leased ?? leasePort(port);
  if (lease === undefined) return { state: "leased", port };
  const hold = holdPort(port, host);
  if (typeof hold !== "string") return { state: "taken", port, lease, hold };
  if (leased === undefined) lease[Symbol.dispose]();
  return { state: hold, port };
}

// The system knows neither leases nor browsers, and it may offer a number that is free on one address only. What does not
// do is kept until one does, or the system would offer it again.
function takeAny(host: string | undefined): Taking {
  using rejected = new DisposableStack();
  for (let attempt = 0; attempt < 64; attempt++) {
    const hold = holdPort(0, host);
    if (typeof hold === "string") return { state: hold, port: 0 };
    const lease = isBrowserBlocked(hold.port) ? undefined : leasePort(hold.port);
    if (lease !== undefined && tryPort(hold.port, host) === "free") {
      return { state: "taken", port: hold.port, lease, hold };
    }
    rejected.use(hold);
    if (lease !== undefined) rejected.use(lease);
  }
  return { state: "in-use", port: 0 };
}
