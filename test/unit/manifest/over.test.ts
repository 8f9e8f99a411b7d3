// What one layer says over another, from the files to the service: an override over the manifest, a service over its defaults.

import { describe, expect, it } from "vitest";
import type { Service } from "../../../src/core/service.ts";
import { project, service } from "./project.ts";

describe("an override", () => {
  const over = (base: string, upper: string): Promise<Service> =>
    service("a", {
      "services.yaml": `services: {a: {command: x, ${base}}}`,
      "services.override.yaml": `services: {a: ${upper}}`,
    });

  it.each([
    ["port: 5432", "{port: {fixed: true}}", { name: "main", preferred: 5432, fixed: true }],
    ["ports: {db: 5432}", "{ports: {db: {fixed: true}}}", { name: "db", preferred: 5432, fixed: true }],
    ["ports: {db: auto}", "{ports: {db: {range: 7000-7001}}}", { name: "db", range: { from: 7000, to: 7001 } }],
    ["ports: {db: 5432}", "{ports: {db: 5433}}", { name: "db", preferred: 5433 }],
  ])("refines a port: %s with %s", async (base, upper, endpoint) => {
    const { endpoints } = await over(base, upper);
    expect(endpoints).toEqual([expect.objectContaining(endpoint)]);
  });

  it("adds to what there is", async () => {
    expect(await over("host: 127.0.0.2, stop: {spare: [brew]}", "{stop: {timeout: 1s}}")).toMatchObject({
      host: "127.0.0.2",
      stop: { spare: ["brew"], timeout: 1000 },
    });
    expect(await over("stop: {spare: [brew]}", "{stop: {spare: [adb]}}")).toMatchObject({ stop: { spare: ["adb"] } });
  });
});

describe("defaults", () => {
  const under = (defaults: string, keys: string): Promise<Service> =>
    service("a", `defaults: {${defaults}}\nservices: {a: {command: x, port: 1, ${keys}}}`);
  const asked = { kind: "http", target: "/x", status: [204], headers: { A: "b" } };

  it.each([
    ["{tcp: main}", { kind: "tcp", address: "main" }],
    ["{exec: [ping]}", { kind: "exec", command: { args: ["ping"] } }],
    ["{listen: main}", { kind: "listen", endpoint: "main" }],
    ["{http: /y}", { ...asked, target: "/y" }],
    ["{success: 3}", asked],
  ])("give way to a service's own kind of probe, in `ready` and `health`: %s", async (own, probe) => {
    const keys = "{http: /x, status: 204, headers: {A: b}, timeout: 3s}";
    const { ready, health } = await under(`ready: ${keys}, health: ${keys}`, `ready: ${own}, health: ${own}`);
    expect(ready).toMatchObject({ probe, timeout: 3000 });
    expect(health).toMatchObject({ probe, timeout: 3000 });
  });

  it("give a service its address and whom it spares, unless it says so itself", async () => {
    const defaults = "host: 127.0.0.2, stop: {spare: [brew]}";
    expect(await under(defaults, "label: x")).toMatchObject({ host: "127.0.0.2", stop: { spare: ["brew"] } });
    const own = await under(defaults, "host: 127.0.0.3, stop: {spare: []}");
    expect(own).toMatchObject({ host: "127.0.0.3", stop: { spare: [] } });
  });
});

it.each([
  [
    "an external service: none of how it is run",
    "external: true",
    { host: "h", policy: "on-failure", signal: "SIGTERM" },
  ],
  ["a task: all but the policy", "command: x, type: task", { host: "h", policy: "no", signal: "SIGINT" }],
  ["a service: all of it", "command: x", { host: "h", policy: "always", signal: "SIGINT" }],
])("defaults give %s", async (_, keys, { host, policy, signal }) => {
  const defaults = "host: h, restart: {policy: always, delay: 7s}, stop: {signal: INT}";
  const a = await service("a", `defaults: {${defaults}}\nservices: {a: {${keys}, port: 1}}`);
  expect(a).toMatchObject({ host, restart: { policy }, stop: { signal } });
  expect(a.restart.delay).toBe(policy === "on-failure" ? 100 : 7000);
});

it("a service has its address and whom it spares from the manifest", async () => {
  const { services } = await project("services: {a: {command: x, host: '::1', stop: {spare: [adb, brew]}}, b: x}");
  expect(services[0]).toMatchObject({ host: "::1", stop: { spare: ["adb", "brew"] } });
  expect(services[1]).not.toHaveProperty("host");
});
