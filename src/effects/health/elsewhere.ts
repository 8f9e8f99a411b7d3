// Looks where a service listens while nobody is reached where it is asked: a port that it does not take from launch, another address.

import { describeElsewhere, type Expected } from "../../core/elsewhere.ts";
import type { Endpoint, Millis, Probe, Service } from "../../core/service.ts";
import { mainEndpoint, upperSnake } from "../../manifest/names.ts";
import { mainEndpointOf } from "../../plan/env.ts";
import { now } from "../clock.ts";
import { listenerFor } from "../ports/sockets.ts";
import { hostsOf, isLoopback } from "./address.ts";
import { targetOf } from "./probe.ts";
import type { ProbeResult, Subject } from "./subject.ts";

/** Between two looks while sockets come and go, and while they do not. */
const soonest: Millis = 100;
const latest: Millis = 1000;

/** Adds to a failure where the service listens instead; what is nothing of the kind stays the same. Cheap while no socket comes or goes. */
export type Elsewhere = (result: ProbeResult) => Promise<ProbeResult>;

/** For a probe that may find nobody although the service listens. */
export function createElsewhere(subject: Subject, probe: Probe): Elsewhere {
  const words = wordsOnElsewhere(subject, probe);
  const connects = probe.kind === "http" || probe.kind === "tcp";
  return async (result) => {
    if (result.ok || (connects && result.refused !== true)) return result;
    const said = await words();
    if (said === undefined) return result;
    // That nobody listens where it should is said by where it does.
    return { ...result, reason: probe.kind === "listen" ? said : `${result.reason}; ${said}` };
  };
}

/** Answers what is to be said of where the service listens; undefined: nothing. */
export function wordsOnElsewhere(subject: Subject, probe: Probe): () => Promise<string | undefined> {
  const { leader, marker, sockets, service, ports } = subject;
  const expected = expectedBy(subject, probe);
  if (leader === undefined || expected === undefined) return () => Promise.resolve(undefined);
  const { port, transport } = expected;
  // A probe that connects reaches a wildcard by loopback alone.
  const connects = probe.kind === "http" || probe.kind === "tcp";
  const host = connects && hostsOf(service.host).length > 1 ? undefined : service.host;
  const given = Object.values(ports);
  let seen: { readonly at: Millis; readonly count: string | undefined; readonly words: string | undefined } | undefined;
  const isFresh = (count: string | undefined): boolean => {
    const age = now() - (seen?.at ?? Number.NEGATIVE_INFINITY);
    return age < soonest || (age < latest && seen?.count === count);
  };
  return async () => {
    const count = sockets.count();
    if (isFresh(count)) return seen?.words;
    const isReached = listenerFor(await sockets.poll(transport), port, host) !== undefined;
    const words = isReached ? undefined : describeElsewhere({ ...expected, given }, await sockets.own(leader, marker));
    seen = { at: now(), count, words };
    return words;
  };
}

/** Where the service should listen for the probe to succeed, as far as the probe says. */
function expectedBy(subject: Subject, probe: Probe): Omit<Expected, "given"> | undefined {
  const { service, ports } = subject;
  if (probe.kind === "http" || probe.kind === "tcp") {
    const target = targetOf(probe, subject);
    const isHere = target?.hosts.every((host) => isLoopback(host) || host === service.host) ?? false;
    const endpoint = service.endpoints.find(({ name }) => ports[name] === target?.port);
    return isHere && target !== undefined
      ? { port: target.port, variable: endpoint && variableOf(service, endpoint) }
      : undefined;
  }
  const endpoint =
    probe.kind === "listen" ? service.endpoints.find(({ name }) => name === probe.endpoint) : mainEndpointOf(service);
  const port = endpoint && ports[endpoint.name];
  if (endpoint === undefined || port === undefined) return undefined;
  const { transport } = endpoint;
  return { port, variable: variableOf(service, endpoint), ...(transport !== undefined && { transport }) };
}

/** The variable by which launch tells the service this port. */
function variableOf({ endpoints }: Pick<Service, "endpoints">, { name }: Endpoint): string {
  return name === mainEndpoint || endpoints.length === 1 ? "PORT" : `PORT_${upperSnake(name)}`;
}
