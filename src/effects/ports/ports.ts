// The ports of one run: which service has which, kept against other runs by leases and against everybody else by holds
// while the service is down. What may be tried is `plan/ports.ts`; who is in the way is `conflicts.ts`.

import type { Conflict } from "../../core/conflict.ts";
import type { Endpoint, Port, Project, Service } from "../../core/service.ts";
import { type Binding, bindingOf, overlaps } from "../../plan/binding.ts";
import { candidatesFor, movesFor, rangeOf, type Candidate, type PortRules } from "../../plan/ports.ts";
import { sleep } from "../clock.ts";
import { holdPort, readEphemeralRange } from "./binding.ts";
import type { ServiceBinding } from "../state/directory.ts";
import type { AskingRun } from "./holders.ts";
import { leasePort } from "./leases.ts";
import { startListening } from "./listening.ts";
import {
  bindingOfSeat,
  inClaimOrder,
  isListening,
  isPassing,
  isWishOf,
  keyOf,
  letGo,
  type Seat,
  stateOf,
} from "./seat.ts";
import { describeRefusals, type Refusal } from "./conflicts.ts";
import { takePort, type Taking } from "./take.ts";

/** The ports of services, by service name and endpoint name. */
export type Assignments = Readonly<Record<string, Readonly<Record<string, Port>>>>;

/** What claiming depends on besides the services. */
export interface PortOptions {
  readonly pool: Project["portPool"];
  /** What this worktree's services had before. */
  readonly remembered: Assignments;
  /** True with `--strict-ports`. */
  readonly strict: boolean;
  /** False: sockets that are to be handed over are only bound; given where nothing is started. */
  readonly listens?: false;
  /** This run, so that what an earlier one of it left is recognised. */
  readonly run?: AskingRun;
}

/** What was got, and what could not be. */
export interface Claim {
  readonly assigned: Assignments;
  readonly conflicts: readonly Conflict[];
}

/** The ports of one run; disposing gives everything back. */
export interface Ports extends AsyncDisposable {
  /** Claims every port of the services at once; ports that they have already stay. An external service's are answered as declared. */
  claim(services: readonly Service[]): Promise<Claim>;
  /** Leases again what a service of a run that goes on has already; nobody is asked whether it is free. */
  reclaim(service: Service, ports: Readonly<Record<string, Port>>): void;
  /** The verdicts of `claim`, with nothing kept afterwards. */
  inspect(services: readonly Service[]): Promise<Claim>;
  /** Gives an endpoint this port, or the next that is free; `undefined` when it cannot be had, and then nothing has changed. */
  assign(service: string, endpoint: string, port?: Port): Port | undefined;
  /** Frees the service's ports for its process, just before the spawn; nothing is freed when someone else is on one of them. */
  open(service: string): Promise<readonly Conflict[]>;
  /** The sockets that the service gets, in the order of its endpoints; none of them is missing once `open` has found no conflict. */
  sockets(service: string): readonly { readonly name: string; readonly fd: number }[];
  /** Keeps the ports of a service that is down; if someone else was faster, the next `open` says so. */
  hold(service: string): void;
  /** Gives the service's ports back to everybody. */
  release(service: string): void;
  /** What every endpoint has now, except those with an open conflict. */
  readonly assigned: Assignments;
  /** What the services of this run bind, with the service of each. */
  readonly bindings: readonly ServiceBinding[];
}

/** Opens the ports of a run; nothing is claimed yet. */
export function openPorts(options: PortOptions): Ports {
  const services = new Map<string, Service>();
  const seats = new Map<string, Seat>();
  const ephemeral = readEphemeralRange();

  const seatsOf = (service: string): readonly Seat[] =>
    [...seats.values()].filter((seat) => seat.service.name === service);

  /** The numbers that other endpoints have or want where this one would be in their way. */
  const takenBesides = (service: Service, endpoint: Endpoint): ReadonlySet<Port> => {
    const own = keyOf(service, endpoint);
    const taken = new Set<Port>();
    const add = (binding: Binding): void => {
      if (overlaps(binding, bindingOf(service, endpoint, binding.port))) taken.add(binding.port);
    };
    for (const [key, seat] of seats) if (key !== own) add(bindingOfSeat(seat));
    for (const other of services.values()) {
      for (const wish of other.endpoints) {
        if (wish.preferred !== undefined && keyOf(other, wish) !== own) add(bindingOf(other, wish, wish.preferred));
      }
    }
    return taken;
  };

  const rulesFor = (service: Service, endpoint: Endpoint): PortRules => {
    let taken: ReadonlySet<Port> | undefined;
    const remembered = options.remembered[service.name]?.[endpoint.name];
    return {
      pool: options.pool,
      strict: options.strict,
      // Whoever gets what it prefers does without.
      get taken() {
        return (taken ??= takenBesides(service, endpoint));
      },
      ...(remembered === undefined ? {} : { remembered }),
      ...(ephemeral === undefined ? {} : { ephemeral }),
    };
  };

  const sit = (
    service: Service,
    endpoint: Endpoint,
    got: Pick<Seat, "port" | "lease" | "hold" | "contested">,
  ): void => {
    const key = keyOf(service, endpoint);
    const before = seats.get(key);
    before?.hold?.[Symbol.dispose]();
    if (before?.lease !== got.lease) before?.lease?.[Symbol.dispose]();
    seats.set(key, { service, endpoint, ...got });
  };

  const leave = (seat: Seat): void => {
    seat.hold?.[Symbol.dispose]();
    seat.lease?.[Symbol.dispose]();
    seats.delete(keyOf(seat.service, seat.endpoint));
  };

  /** Takes the first candidate that can be had, or answers the refusal of the one that the endpoint wants most. */
  const takeFirst = (service: Service, endpoint: Endpoint, candidates: Iterable<Candidate>): Taking | undefined => {
    const before = seats.get(keyOf(service, endpoint));
    let refused: Taking | undefined;
    for (const candidate of candidates) {
      const { port: _, ...where } = bindingOf(service, endpoint, 0);
      const server = { ...where, isOurs: endpoint.socket === true };
      const taking = takePort(candidate, server, before?.port === candidate ? before.lease : undefined);
      if (taking.state === "taken") return taking;
      if (refused === undefined || candidate === endpoint.preferred) refused = taking;
    }
    return refused;
  };

  const claimOne = (service: Service, endpoint: Endpoint): Refusal | undefined => {
    const seat = seats.get(keyOf(service, endpoint));
    if (seat !== undefined && !seat.contested) return undefined;
    const taking = takeFirst(service, endpoint, candidatesFor(endpoint, rulesFor(service, endpoint)));
    if (taking?.state === "taken") {
      sit(service, endpoint, { ...taking, contested: false });
      return undefined;
    }
    const range = endpoint.preferred === undefined ? rangeOf(endpoint, options.pool) : undefined;
    const { port, state } = taking ?? { port: range?.from ?? options.pool.from, state: "in-use" };
    // Whoever waits for a port, or has its holder ended, is the next to have it: the lease is taken all the same.
    const lease = seat?.port === port ? seat.lease : undefined;
    sit(service, endpoint, {
      port,
      lease: lease ?? leasePort(bindingOf(service, endpoint, port)),
      hold: undefined,
      contested: true,
    });
    return { service, endpoint, port, state, ...(range === undefined ? {} : { exhausted: range }) };
  };

  /** Makes the sockets among these seats listen; whoever was faster on one of them has it. */
  const listen = async (own: readonly Seat[]): Promise<readonly Refusal[]> => {
    const silent = own.flatMap((seat) => {
      const socket = seat.hold?.socket;
      return socket === undefined || socket.listens ? [] : [{ seat, socket }];
    });
    if (silent.length === 0 || options.listens === false) return [];
    const refused = await startListening(silent.map(({ socket }) => socket.fd));
    return silent.flatMap(({ seat, socket }) => {
      if (!refused.has(socket.fd)) {
        socket.listens = true;
        return [];
      }
      letGo(seat);
      seat.contested = true;
      return [{ service: seat.service, endpoint: seat.endpoint, port: seat.port, state: "in-use" as const }];
    });
  };

  const describe = (refusals: readonly Refusal[]): Promise<readonly Conflict[]> => {
    const proposed = new Set<Port>();
    const nextFor = ({ service, endpoint }: Refusal): Port | undefined => {
      const rules = rulesFor(service, endpoint);
      const taking = takeFirst(
        service,
        endpoint,
        movesFor(endpoint, { ...rules, taken: new Set([...rules.taken, ...proposed]) }),
      );
      if (taking?.state !== "taken") return undefined;
      taking.hold[Symbol.dispose]();
      taking.lease[Symbol.dispose]();
      proposed.add(taking.port);
      return taking.port;
    };
    const siblingOn = ({ service, endpoint, port }: Refusal): string | undefined => {
      const own = keyOf(service, endpoint);
      const binding = bindingOf(service, endpoint, port);
      const other = [...seats].find(
        ([key, seat]) => key !== own && !seat.contested && overlaps(bindingOfSeat(seat), binding),
      );
      return other?.[1].service.name;
    };
    return describeRefusals(refusals, { ...options, nextFor, siblingOn });
  };

  const ports: Ports = {
    async claim(wanted) {
      for (const service of wanted) {
        services.set(service.name, service);
        // After a reload an endpoint may be gone, or want something else.
        for (const seat of seatsOf(service.name)) if (!isWishOf(seat, service)) leave(seat);
      }
      const attempt = async (): Promise<readonly Conflict[]> => {
        const order = inClaimOrder(wanted, options.remembered);
        const refusals = order.flatMap(([service, endpoint]) => claimOne(service, endpoint) ?? []);
        return describe([...refusals, ...(await listen(wanted.flatMap(({ name }) => seatsOf(name))))]);
      };
      let conflicts = await attempt();
      for (let again = 0; again < glances && conflicts.some(isPassing); again++) {
        await sleep(glance);
        conflicts = await attempt();
      }
      return { assigned: ports.assigned, conflicts };
    },

    reclaim(service, had) {
      services.set(service.name, service);
      for (const endpoint of service.endpoints) {
        const port = had[endpoint.name];
        if (port === undefined) continue;
        const lease = leasePort(bindingOf(service, endpoint, port));
        sit(service, endpoint, { port, lease, hold: undefined, contested: false });
      }
    },

    async inspect(wanted) {
      await using scratch = openPorts({ ...options, listens: false });
      return await scratch.claim(wanted);
    },

    assign(name, endpointName, port) {
      const service = services.get(name);
      const endpoint = service?.endpoints.find((candidate) => candidate.name === endpointName);
      if (service === undefined || endpoint === undefined) return undefined;
      const before = seats.get(keyOf(service, endpoint));
      if (port !== undefined && before?.port === port && !before.contested) return port;
      const taking = takeFirst(
        service,
        endpoint,
        port === undefined ? movesFor(endpoint, rulesFor(service, endpoint)) : [port],
      );
      if (taking?.state !== "taken") return undefined;
      sit(service, endpoint, { ...taking, contested: false });
      return taking.port;
    },

    async open(name) {
      const refusals: Refusal[] = [];
      const own = seatsOf(name);
      for (const seat of own) {
        seat.lease ??= leasePort(bindingOfSeat(seat));
        // Our own hold does not hide a stranger: nobody can bind beside a socket that listens. One that listens is ours.
        const state = seat.lease === undefined ? "leased" : isListening(seat) ? "free" : stateOf(seat);
        seat.contested = state !== "free";
        if (state !== "free") refusals.push({ service: seat.service, endpoint: seat.endpoint, port: seat.port, state });
      }
      refusals.push(...(await listen(own)));
      for (const seat of own) {
        if (seat.contested || (refusals.length === 0 && seat.hold?.socket === undefined)) letGo(seat);
      }
      return refusals.length === 0 ? [] : describe(refusals);
    },

    sockets(name) {
      const service = services.get(name);
      return (service?.endpoints ?? []).flatMap((endpoint) => {
        const { socket } = (service && seats.get(keyOf(service, endpoint)))?.hold ?? {};
        return socket === undefined ? [] : [{ name: endpoint.name, fd: socket.fd }];
      });
    },

    hold(name) {
      for (const seat of seatsOf(name)) {
        if (seat.contested || seat.hold !== undefined || seat.endpoint.socket === true) continue;
        try {
          const hold = holdPort(bindingOfSeat(seat));
          if (typeof hold !== "string") seat.hold = hold;
        } catch {
          // Out of descriptors, say: the lease still stands.
        }
      }
    },

    release(name) {
      for (const seat of seatsOf(name)) leave(seat);
      services.delete(name);
    },

    get assigned() {
      const assigned: Record<string, Record<string, Port>> = {};
      for (const service of services.values()) {
        const own: Record<string, Port> = {};
        for (const endpoint of service.endpoints) {
          const seat = seats.get(keyOf(service, endpoint));
          const port =
            service.type === "external" ? endpoint.preferred : seat?.contested === false ? seat.port : undefined;
          if (port !== undefined) own[endpoint.name] = port;
        }
        assigned[service.name] = own;
      }
      return assigned;
    },

    get bindings() {
      const own = [...seats.values()].filter(({ contested }) => !contested);
      return own.map((seat) => ({ ...bindingOfSeat(seat), service: seat.service.name }));
    },

    async [Symbol.asyncDispose]() {
      for (const seat of seats.values()) leave(seat);
      services.clear();
    },
  };
  return ports;
}

/** How often and how long such a moment is waited for, in milliseconds. */
const glances = 10;
const glance = 20;
