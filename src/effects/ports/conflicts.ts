// Makes conflicts of ports that could not be had: asks once who is on them, and says what may be answered.

import type { Conflict, HolderKnowledge } from "../../core/conflict.ts";
import type { Endpoint, Port, PortRange, Service } from "../../core/service.ts";
import { choicesFor } from "../../plan/conflicts.ts";
import { findHolders, type AskingRun } from "./holders.ts";
import { userName } from "../processes/proc.ts";
import { leaseOwner } from "./leases.ts";
import { bindingOfSeat } from "./seat.ts";
import { readOurselves } from "../processes/signal.ts";
import type { Refused } from "./take.ts";

/** A wanted port that could not be had, before it is known who has it. */
export interface Refusal {
  readonly service: Service;
  readonly endpoint: Endpoint;
  readonly port: Port;
  readonly state: Refused;
  /** The range of which every port was refused. */
  readonly exhausted?: PortRange;
}

/** What the descriptions depend on. */
export interface RefusalContext {
  readonly strict: boolean;
  readonly run?: AskingRun;
  /** The free port to which the endpoint could move, a different one for each call. */
  readonly nextFor: (refusal: Refusal) => Port | undefined;
  /** The service of this same run that has the port, if it is one. */
  readonly siblingOn: (refusal: Refusal) => string | undefined;
}

/** The conflicts, in the order of the refusals; nothing is read when there are none. */
export async function describeRefusals(
  refusals: readonly Refusal[],
  context: RefusalContext,
): Promise<readonly Conflict[]> {
  if (refusals.length === 0) return [];
  const holderOn = await findHolders(
    refusals.filter((refusal) => refusal.state !== "privileged").map(bindingOfSeat),
    context.run,
  );
  const self = readOurselves();
  const conflicts: Conflict[] = [];
  for (const refusal of refusals) {
    const { service, endpoint, port, exhausted } = refusal;
    const sibling = context.siblingOn(refusal);
    const holder: HolderKnowledge =
      sibling === undefined
        ? await holderOf(refusal, holderOn(bindingOfSeat(refusal)))
        : { kind: "sibling", service: sibling };
    const next = context.nextFor(refusal);
    conflicts.push({
      service: service.name,
      endpoint: endpoint.name,
      port,
      ...(endpoint.transport === undefined ? {} : { transport: endpoint.transport }),
      holder,
      choices: choicesFor(endpoint, holder, next, { strict: context.strict, self }),
      ...(exhausted === undefined ? {} : { exhausted }),
      ...(next === undefined ? {} : { next }),
    });
  }
  return conflicts;
}

// A listener says more than a lease, and a lease whose service is down is all there is to say of its port.
async function holderOf(refusal: Refusal, listener: HolderKnowledge | undefined): Promise<HolderKnowledge> {
  const { state } = refusal;
  if (state === "privileged") return { kind: "privileged" };
  if (listener !== undefined) return listener;
  if (state !== "leased") return { kind: "unknown" };
  const owner = await leaseOwner(bindingOfSeat(refusal));
  if (owner?.uid !== undefined) return { kind: "lease", user: userName(owner.uid) ?? String(owner.uid) };
  if (owner?.run === undefined) return { kind: "lease" };
  const { name, root, pid } = owner.run;
  return { kind: "lease", project: { name, root, pid } };
}
