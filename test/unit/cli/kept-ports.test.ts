import { expect, it } from "vitest";
import { portsToKeep, rememberedPorts } from "../../../src/cli/kept-ports.ts";
import type { Endpoint, PortPool, Service } from "../../../src/core/service.ts";

const service = (wish: Partial<Endpoint>, more: Partial<Service> = {}): Service =>
  ({
    name: "web",
    type: "service",
    endpoints: [{ name: "main", source: "preferred", fixed: false, onConflict: "ask", ...wish }],
    ...more,
  }) as unknown as Service;

/** What is kept of a run in which the service had this port, and somebody said to remember it. */
const keptOf = (given: Service, main: number): ReturnType<typeof portsToKeep> =>
  portsToKeep([{ service: given, ports: { main } }], pool, { ports: {} }, new Set(["web"]));

const pool: PortPool = { from: 8008, to: 8020, fallback: "os" };

const asked = service({ preferred: 5353, range: { from: 5353, to: 5400 } }, { host: "127.0.0.1" });

it("remembers a port while the manifest asks for the same", () => {
  expect(rememberedPorts([asked], pool, keptOf(asked, 5360))).toEqual({ web: { main: 5360 } });
});

it.each<[string, Service]>([
  ["number", service({ preferred: 8000, range: { from: 5353, to: 5400 } }, { host: "127.0.0.1" })],
  ["range", service({ preferred: 5353, range: { from: 5353, to: 5500 } }, { host: "127.0.0.1" })],
  ["address", service({ preferred: 5353, range: { from: 5353, to: 5400 } }, { host: "127.0.0.2" })],
  ["protocol", service({ preferred: 5353, range: { from: 5353, to: 5400 }, transport: "udp" }, { host: "127.0.0.1" })],
  ["way of choosing", service({ source: "auto", range: { from: 5353, to: 5400 } }, { host: "127.0.0.1" })],
  ["name", service({ name: "other", preferred: 5353, range: { from: 5353, to: 5400 } }, { host: "127.0.0.1" })],
])("forgets a port whose %s in the manifest has changed", (_, changed) => {
  const kept = keptOf(asked, 5360);
  expect(rememberedPorts([changed], pool, kept)).toEqual({ web: {} });
  // Also when the service had no port in the next run.
  expect(portsToKeep([{ service: changed, ports: {} }], pool, kept, new Set())).toEqual({ ports: {}, wishes: {} });
});

it("believes what a version kept that did not say what it was for", () => {
  expect(rememberedPorts([asked], pool, { ports: { web: { main: 5360 } } })).toEqual({ web: { main: 5360 } });
});

it("keeps the ports of services that are not of this run, with what they were for", () => {
  const kept = keptOf(asked, 5360);
  expect(portsToKeep([], pool, kept, new Set())).toEqual(kept);
});

it("keeps what the pool gave, and no port that was only moved away from a stranger or is preferred", () => {
  const auto = service({ source: "auto" });
  expect(portsToKeep([{ service: auto, ports: { main: 8008 } }], pool, { ports: {} }, new Set()).ports).toEqual({
    web: { main: 8008 },
  });
  expect(portsToKeep([{ service: asked, ports: { main: 5360 } }], pool, { ports: {} }, new Set()).ports).toEqual({});
  expect(portsToKeep([{ service: asked, ports: { main: 5353 } }], pool, keptOf(asked, 5360), new Set()).ports).toEqual(
    {},
  );
});

it("forgets a port that the pool gave once the manifest names another pool, and no other", () => {
  const given: PortPool = { ...pool, from: 9000, to: 9010, isGiven: true };
  const auto = service({ source: "auto" });
  expect(rememberedPorts([auto], pool, keptOf(auto, 8008))).toEqual({ web: { main: 8008 } });
  expect(rememberedPorts([auto], given, keptOf(auto, 8008))).toEqual({ web: {} });
  expect(rememberedPorts([asked], given, keptOf(asked, 5360))).toEqual({ web: { main: 5360 } });
});
