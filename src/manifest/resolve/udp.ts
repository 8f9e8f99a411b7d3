// `protocol: udp`: what cannot be done with a port that nobody connects to.

import type { Endpoint, Probe, Service } from "../../core/service.ts";
import { mainEndpoint } from "../names.ts";
import type { ServiceInput } from "../schema.ts";
import type { Path } from "../tree.ts";
import { report } from "./saying.ts";
import type { Saying } from "./saying.ts";

/** Tells what contradicts a UDP port: sockets that launch hands on, and probes that connect. */
export function checkUdp(
  input: ServiceInput,
  { type, endpoints, ready, health }: Pick<Service, "type" | "endpoints" | "ready" | "health">,
  saying: Saying,
): void {
  for (const endpoint of endpoints) {
    if (endpoint.transport === "udp" && endpoint.socket === true) {
      const remedy = "Remove `socket: true`, or let it stand at the TCP ports alone.";
      report(saying, placeOf(input, endpoint), "launch hands on sockets of TCP, not of UDP", remedy);
    }
  }
  const isRemote = type === "external";
  const asked = connectedTo(ready.probe, endpoints);
  if (asked !== undefined) {
    const path = input.ready === undefined ? placeOf(input, asked) : ["ready", ready.probe.kind];
    const instead = isRemote
      ? "Give it a `ready:` with exec, or with an address of TCP."
      : "Use listen, log, exec or notify.";
    report(saying, path, words(asked), instead);
  }
  const checked = health && connectedTo(health.probe, endpoints);
  if (health !== undefined && checked !== undefined) {
    report(saying, ["health", health.probe.kind], words(checked), "Use listen or exec.");
  }
}

/** The UDP endpoint that the probe would connect to. */
function connectedTo(probe: Probe, endpoints: readonly Endpoint[]): Endpoint | undefined {
  const main = endpoints.find(({ name }) => name === mainEndpoint) ?? endpoints[0];
  const asked =
    probe.kind === "tcp"
      ? endpoints.find(({ name }) => name === probe.address)
      : probe.kind === "http" && probe.target.startsWith("/")
        ? main
        : undefined;
  return asked?.transport === "udp" ? asked : undefined;
}

function words({ name }: Endpoint): string {
  return `${name} is a port of UDP, to which nothing can be connected`;
}

function placeOf(input: ServiceInput, { name }: Endpoint): Path {
  return name === mainEndpoint && input.port !== undefined ? ["port"] : ["ports", name];
}
