// Takes one port for this run: the lease that keeps other runs away, the test that nobody is there, the hold that keeps it.

import type { Port } from "../../core/service.ts";
import type { Binding } from "../../plan/binding.ts";
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

/** Who is to listen on a port, and where. */
export interface Server extends Omit<Binding, "port"> {
  /** True: launch itself, for the service. */
  readonly isOurs: boolean;
}

/** Takes the candidate for a server; `leased` is the lease on that very port that the run has already. */
export function takePort(candidate: Candidate, { isOurs, ...where }: Server, leased?: Lease): Taking {
  const taking = candidate === "os" ? takeAny(where) : takeThis({ ...where, port: candidate }, leased);
  return isOurs && taking.state === "taken" ? asSocket(taking, where, leased) : taking;
}

/** The hold that looked everywhere gives way to the socket itself. */
function asSocket(
  taking: Extract<Taking, { state: "taken" }>,
  where: Omit<Binding, "port">,
  leased: Lease | undefined,
): Taking {
  const { port, lease } = taking;
  const hold = holdSocket({ ...where, port });
  taking.hold[Symbol.dispose]();
  if (typeof hold !== "string") return { ...taking, hold };
  if (leased === undefined) lease[Symbol.dispose]();
  return { state: hold, port };
}

function takeThis(binding: Binding, leased: Lease | undefined): Taking {
  const { port } = binding;
  const lease = leased ?? leasePort(binding);
  if (lease === undefined) return { state: "leased", port };
  const hold = holdPort(binding);
  if (typeof hold !== "string") return { state: "taken", port, lease, hold };
  if (leased === undefined) lease[Symbol.dispose]();
  return { state: hold, port };
}

// The system knows neither leases nor browsers, and it may offer a number that is free on one address only. What does not
// do is kept until one does, or the system would offer it again.
function takeAny(where: Omit<Binding, "port">): Taking {
  using rejected = new DisposableStack();
  for (let attempt = 0; attempt < 64; attempt++) {
    const hold = holdPort({ ...where, port: 0 });
    if (typeof hold === "string") return { state: hold, port: 0 };
    const binding = { ...where, port: hold.port };
    const lease = isBrowserBlocked(hold.port) ? undefined : leasePort(binding);
    if (lease !== undefined && isFreeBeside(binding)) {
      return { state: "taken", port: hold.port, lease, hold };
    }
    rejected.use(hold);
    if (lease !== undefined) rejected.use(lease);
  }
  return { state: "in-use", port: 0 };
}

// A UDP port that is held cannot be bound again, and was free on every address of the hold; one of TCP that only is bound can.
function isFreeBeside(binding: Binding): boolean {
  return binding.transport === "udp" || tryPort(binding) === "free";
}
