import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Service } from "../../../src/core/service.ts";
import { checkGraph, levelsOf, startOrder } from "../../../src/plan/graph.ts";
import { withImpliedNeeds } from "../../../src/plan/implied.ts";
import { on, service } from "../core/fleet.ts";

const messages = (services: readonly Service[]): readonly string[] =>
  checkGraph(services).map(({ message }) => message);

describe("the graph of needs", () => {
  it("puts each service after all that it needs, else in the manifest's order", () => {
    const services = [
      service("web", { needs: ["api"] }),
      service("api", { needs: ["db"] }),
      service("css"),
      service("db"),
    ];
    expect(startOrder(services)).toEqual(["css", "db", "api", "web"]);
  });

  it("orders every graph without a cycle", () => {
    const graphs = fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 12 }).map((needs) =>
      needs.map((targets, index) =>
        service(`s${index}`, {
          needs: [...new Set(targets)].filter((target) => target < index).map((target) => `s${target}`),
        }),
      ),
    );
    fc.assert(
      fc.property(graphs, (services) => {
        const order = startOrder(services);
        expect(checkGraph(services)).toEqual([]);
        expect(order.toSorted()).toEqual(services.map(({ name }) => name).toSorted());
        for (const { name, needs } of services) {
          for (const need of needs) expect(order.indexOf(need.service)).toBeLessThan(order.indexOf(name));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("counts how deep each service stands", () => {
    const services = [service("web", { needs: ["api", "db"] }), service("api", { needs: ["db"] }), service("db")];
    expect(Object.fromEntries(levelsOf(services))).toEqual({ db: 0, api: 1, web: 2 });
  });

  it("names a cycle as a path that ends where it began", () => {
    const services = [
      service("a", { needs: ["b"] }),
      service("b", { needs: ["c"] }),
      service("c", { needs: ["a"] }),
      service("d", { needs: ["a"] }),
    ];
    expect(messages(services)).toEqual(["these services wait for each other: a → b → c → a"]);
  });

  it("names every cycle once", () => {
    const services = [service("a", { needs: ["b"] }), service("b", { needs: ["a"] }), service("c", { needs: ["c"] })];
    expect(messages(services)).toEqual(["these services wait for each other: a → b → a", "c needs itself"]);
  });

  it("suggests the name that was meant", () => {
    const [problem] = checkGraph([service("api", { needs: ["databse"] }), service("database")]);
    expect(problem).toMatchObject({
      message: 'api needs "databse", which no service is called',
      remedy: 'Did you mean "database"?',
      place: { line: 1, column: 1 },
    });
  });

  it("lists the services when nothing is near", () => {
    const [problem] = checkGraph([service("api", { needs: ["zookeeper"] }), service("db")]);
    expect(problem?.remedy).toBe("The services are api, db.");
  });

  it("finds the cycle at the end of a chain of ten thousand", () => {
    const chain = Array.from({ length: 10_000 }, (_, index) =>
      service(`s${index}`, { needs: [`s${index === 9999 ? 0 : index + 1}`] }),
    );
    expect(messages(chain)).toHaveLength(1);
  });
});

describe("implied needs", () => {
  const db = service("db", { endpoints: [{ name: "main", source: "dynamic", fixed: false, onConflict: "ask" }] });
  const env = { own: { URL: "localhost:${DB_PORT}" }, manifest: {}, ownFiles: [], manifestFiles: [] };

  it("makes who is told a dynamic port wait for whose port it is", () => {
    const [, api] = withImpliedNeeds([db, service("api", { env })]);
    expect(api?.needs).toMatchObject([{ service: "db", condition: "ready", required: true, restart: false }]);
  });

  it("leaves a need that is written down as it is", () => {
    const [, api] = withImpliedNeeds([db, service("api", { env, needs: [on("db", "started")] })]);
    expect(api?.needs).toMatchObject([{ service: "db", condition: "started" }]);
  });

  it("adds nothing for a port that is known beforehand", () => {
    const [, api] = withImpliedNeeds([service("db", { port: 5432 }), service("api", { env })]);
    expect(api?.needs).toEqual([]);
  });

  it("makes two services that are told each other's dynamic port a cycle", () => {
    const back = { own: { URL: "localhost:${API_PORT}" }, manifest: {}, ownFiles: [], manifestFiles: [] };
    const api = service("api", { env, endpoints: db.endpoints });
    expect(messages(withImpliedNeeds([{ ...db, env: back }, api]))).toEqual([
      "these services wait for each other: db → api → db",
    ]);
  });
});
