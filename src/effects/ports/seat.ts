// One endpoint of a run and the port it sits on, and the order in which endpoints are seated.

import type { Conflict } from "../../core/conflict.ts";
import type { Endpoint, Port, Service } from "../../core/service.ts";
import { type Binding, bindingOf } from "../../plan/binding.ts";
import { type Hold, holdSocket, type PortState, tryPort } from "./binding.ts";
import type { Lease } from "./lease.ts";

/** One endpoint and its port. */
export interface Seat {
  readonly service: Service;
  readonly endpoint: Endpoint;
  readonly port: Port;
  /** Absent while another run has the lease. */
  lease: Lease | undefined;
  /** Present while the port is not contested and the service is down; a socket that is handed over stays. */
  hold: Hold | undefined;
  /** True while someone else has the port. */
  contested: boolean;
}

/** What names a seat. */
export function keyOf(service: Service, endpoint: Endpoint): string {
  return `${service.name} ${endpoint.name}`;
}

/** What the service binds on its seat. */
export function bindingOfSeat({ service, endpoint, port }: Pick<Seat, "service" | "endpoint" | "port">): Binding {
  return bindingOf(service, endpoint, port);
}

/** True while the endpoint wants what it wanted when it was seated; a reload may have changed it. */
export function isWishOf(seat: Seat, service: Service): boolean {
  const wish = service.endpoints.find((endpoint) => endpoint.name === seat.endpoint.name);
  return JSON.stringify([wish, service.host]) === JSON.stringify([seat.endpoint, seat.service.host]);
}

/** Whoever names a number comes before whoever had one, and both before those that take what is left; else in the given order. */
export function inClaimOrder(
  services: readonly Service[],
  remembered: Readonly<Record<string, Readonly<Record<string, Port>>>>,
): readonly (readonly [Service, Endpoint])[] {
  const rank = ([service, endpoint]: readonly [Service, Endpoint]): number => {
    if (endpoint.preferred !== undefined) return 0;
    return remembered[service.name]?.[endpoint.name] === undefined ? 2 : 1;
  };
  return services
    .filter((service) => service.type !== "external")
    .flatMap((service) => service.endpoints.map((endpoint) => [service, endpoint] as const))
    .sort((a, b) => rank(a) - rank(b));
}

/** True for a lease of nobody that says to be a run: most likely a command that only looks, such as `launch env`, and gone in a moment. */
export function isPassing({ holder }: Conflict): boolean {
  return holder.kind === "lease" && holder.project === undefined;
}

/** Lets the port go; a socket that is to be handed over is closed. */
export function letGo(seat: Seat): void {
  seat.hold?.[Symbol.dispose]();
  seat.hold = undefined;
}

/** True when the socket that the service gets is there. */
export function isListening({ hold }: Seat): boolean {
  return hold?.socket?.listens === true;
}

/** Whether the service can have its port now; the socket that it is to get is made on the way. */
export function stateOf(seat: Seat): PortState {
  const { endpoint } = seat;
  // A UDP port that we hold cannot be bound beside us, so it is nobody else's.
  if (endpoint.transport === "udp" && seat.hold !== undefined) return "free";
  const binding = bindingOfSeat(seat);
  const state = tryPort(binding);
  if (state !== "free" || endpoint.socket !== true || seat.hold !== undefined) return state;
  const hold = holdSocket(binding);
  if (typeof hold === "string") return hold;
  seat.hold = hold;
  return "free";
}
