// `port:` and `ports:` -> endpoints.

import type { Endpoint, PortRange } from "../../core/service.ts";
import { mainEndpoint } from "../names.ts";
import type { ServiceInput } from "../schema.ts";
import { defaults } from "../schema/defaults.ts";
import type { Path } from "../tree.ts";
import { report } from "./saying.ts";
import type { Saying } from "./saying.ts";

type PortInput = NonNullable<ServiceInput["port"]>;
type PortMap = Exclude<PortInput, string | number>;

/** The endpoints of a service: `main` first, the named ones in the manifest's order. */
export function resolveEndpoints(input: ServiceInput, saying: Saying): readonly Endpoint[] {
  const named = Object.entries(input.ports ?? {}).map(([name, port]) =>
    resolveEndpoint(name, port, ["ports", name], input, saying),
  );
  if (input.port === undefined) return named;
  if (named.some(({ name }) => name === mainEndpoint)) {
    report(
      saying,
      ["ports", mainEndpoint],
      "`port:` is the endpoint main already",
      "Keep one of them, or choose another name.",
    );
  }
  return [resolveEndpoint(mainEndpoint, input.port, ["port"], input, saying), ...named];
}

function resolveEndpoint(name: string, port: PortInput, path: Path, input: ServiceInput, saying: Saying): Endpoint {
  const map: PortMap = typeof port === "object" ? port : { port };
  const range = map.range === undefined ? undefined : resolveRange(map.range, [...path, "range"], saying);
  const wanted = wantedOf(map, range, path, saying);
  const preferred = typeof wanted === "number" ? wanted : undefined;
  const fixed = map.fixed ?? false;
  if (fixed && preferred === undefined) {
    report(saying, [...path, "fixed"], "a fixed port needs its number", "Say `preferred: NUMBER`.");
  } else if (fixed && range !== undefined) {
    report(saying, [...path, "range"], "a fixed port has no range", "Remove `fixed` or `range`.");
  }
  if (wanted === "dynamic" && range !== undefined) {
    report(saying, [...path, "range"], "a dynamic port has no range", "Say `port: auto` to take one from a range.");
  }
  if (preferred !== undefined && range !== undefined && (preferred < range.from || preferred > range.to)) {
    report(
      saying,
      [...path, "range"],
      `${preferred} is not in ${range.from}-${range.to}`,
      "Prefer a port of the range, or widen it.",
    );
  }
  const isSocket = map.socket ?? input.socket ?? defaults.socket;
  return {
    name,
    ...(name === mainEndpoint && path[0] === "ports" && { isNamed: true as const }),
    source: typeof wanted === "number" ? "preferred" : wanted,
    ...(preferred !== undefined && { preferred }),
    ...(range !== undefined && { range }),
    fixed,
    onConflict: map.on_conflict ?? defaults.onConflict,
    ...(isSocket && { socket: true as const }),
    ...(map.protocol !== undefined && { protocol: map.protocol }),
    ...((map.protocol ?? input.scheme)?.toLowerCase() === "udp" && { transport: "udp" as const }),
  };
}

// A range alone prefers its first port.
function wantedOf(map: PortMap, range: PortRange | undefined, path: Path, saying: Saying): number | "auto" | "dynamic" {
  const { port, preferred } = map;
  if (port !== undefined && preferred !== undefined) {
    report(saying, [...path, "preferred"], "`port` and `preferred` say the same", "Keep one of them.");
  }
  const wanted = port ?? preferred ?? range?.from;
  if (wanted === undefined) report(saying, path, "a port needs preferred, port or range");
  return wanted ?? "dynamic";
}

/** `8008-8020` as a range, told as a problem when it is none. */
export function resolveRange(text: string, path: Path, saying: Saying): PortRange {
  const [from = 0, to = 0] = text.split("-").map(Number);
  if (from < 1 || to > 65_535) report(saying, path, "ports go from 1 to 65535");
  else if (from > to) report(saying, path, `the range ${text} ends before it begins`, `Write ${to}-${from}.`);
  return { from, to };
}
