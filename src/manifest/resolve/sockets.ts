// `socket: true`: what else must hold where launch itself listens.

import { isIP } from "node:net";
import type { Endpoint, Service } from "../../core/service.ts";
import { mainEndpoint } from "../names.ts";
import type { ServiceInput } from "../schema.ts";
import type { Path } from "../tree.ts";
import { report } from "./saying.ts";
import type { Saying } from "./saying.ts";

/** Tells what contradicts `socket: true`, on the service or on one of its ports. */
export function checkSockets(
  input: ServiceInput,
  service: Pick<Service, "type" | "endpoints" | "ready" | "health">,
  saying: Saying,
): void {
  if (input.socket === true && service.endpoints.length === 0) {
    return report(saying, ["socket"], "`socket` needs a port to listen on", "Give the service a `port:`.");
  }
  const [endpoint] = service.endpoints.filter(({ socket }) => socket === true);
  if (endpoint === undefined) return;
  const path = placeOf(input, endpoint);
  if (service.type !== "service") {
    return report(saying, path, "only what launch keeps running can be handed a socket", "Remove `socket: true`.");
  }
  if (input.tty === true) {
    report(saying, path, "a service with a terminal of its own cannot be handed a socket", "Remove `tty` or `socket`.");
  }
  if (input.host !== undefined && input.host !== "localhost" && isIP(input.host) === 0) {
    report(
      saying,
      ["host"],
      "launch listens on this address itself and looks no name up",
      "Write its IP address, or localhost.",
    );
  }
  const { kind } = service.ready.probe;
  if (kind !== "http" && kind !== "log" && kind !== "notify") {
    report(
      saying,
      input.ready === undefined ? path : ["ready"],
      "launch itself listens on this port, so that it can be connected to proves nothing",
      "Say what does by `ready:` with http, log or notify.",
    );
  }
  const check = service.health?.probe.kind;
  if (check === "listen" || check === "tcp") {
    report(
      saying,
      ["health", check],
      "launch itself listens on this port, so it always can be connected to",
      "Use http or exec.",
    );
  }
}

function placeOf(input: ServiceInput, { name }: Endpoint): Path {
  const isMain = name === mainEndpoint && input.port !== undefined;
  const port = isMain ? input.port : input.ports?.[name];
  if (typeof port !== "object" || port.socket !== true) return ["socket"];
  return isMain ? ["port", "socket"] : ["ports", name, "socket"];
}
