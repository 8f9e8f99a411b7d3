import { describe, expect, it } from "vitest";
import type { Service } from "../../../src/core/service.ts";
import { selectServices, type Selection } from "../../../src/plan/select.ts";
import { on, service } from "../core/fleet.ts";

const all: Selection = { names: [], except: [], external: [], profiles: [], withNeeds: true };

const stack = [
  service("db", { port: 5432 }),
  service("api", { needs: ["db"] }),
  service("web", { needs: ["api"] }),
  service("docs", { profiles: ["docs"] }),
  service("old", { enabled: false }),
];

function names(services: readonly Service[], words: Partial<Selection>): readonly string[] {
  const selected = selectServices(services, { ...all, ...words });
  return selected.ok ? selected.services.map(({ name }) => name) : selected.problems.map(({ message }) => message);
}

describe("the selection of services", () => {
  it("takes what is enabled and in no profile when nothing is named", () => {
    expect(names(stack, {})).toEqual(["db", "api", "web"]);
  });

  it("takes what is named and all that it needs, in the manifest's order", () => {
    expect(names(stack, { names: ["api"] })).toEqual(["db", "api"]);
  });

  it("takes globs", () => {
    expect(names(stack, { names: ["?b", "w*"], withNeeds: false })).toEqual(["db", "web"]);
  });

  it("tells those that are only there because another needs them", () => {
    const selected = selectServices(stack, { ...all, names: ["api"] });
    expect(selected).toMatchObject({ ok: true, needed: ["db"] });
    expect(selectServices(stack, all)).toMatchObject({ ok: true, needed: [] });
  });

  it("takes a dot for a dot", () => {
    expect(names([service("a.b"), service("axb")], { names: ["a.b"] })).toEqual(["a.b"]);
  });

  it("adds the services of a profile", () => {
    expect(names(stack, { profiles: ["docs"] })).toEqual(["db", "api", "web", "docs"]);
  });

  it("starts what is named even outside its profile", () => {
    expect(names(stack, { names: ["docs"] })).toEqual(["docs"]);
  });

  it("leaves needs out with --no-deps, and waits for none of them", () => {
    const selected = selectServices(stack, { ...all, names: ["api"], withNeeds: false });
    expect(selected.ok && selected.services.map(({ name, needs }) => [name, needs])).toEqual([["api", []]]);
  });

  it("leaves out what is excepted, whoever needs it", () => {
    const selected = selectServices(stack, { ...all, except: ["db"] });
    expect(selected.ok && selected.services.map(({ name, needs }) => [name, needs.length])).toEqual([
      ["api", 0],
      ["web", 1],
    ]);
  });

  it("takes a service as running elsewhere, answered by anyone", () => {
    const selected = selectServices(stack, { ...all, names: ["api"], external: ["db"] });
    const db = selected.ok ? selected.services[0] : undefined;
    expect(db).toMatchObject({ name: "db", type: "external", ready: { owner: "any" } });
    expect(db).not.toHaveProperty("command");
  });

  it("suggests a name for one that no service has", () => {
    const selected = selectServices(stack, { ...all, names: ["wbe"] });
    expect(selected).toEqual({
      ok: false,
      problems: [{ message: 'no service is called "wbe"', remedy: 'Did you mean "web"?' }],
    });
  });

  it("says which profile a need is in", () => {
    const services = [service("db", { profiles: ["data"] }), service("api", { needs: ["db"] })];
    expect(names(services, {})).toEqual(["api needs db, which is only in profile data"]);
    expect(names(services, { profiles: ["data"] })).toEqual(["db", "api"]);
  });

  it("says that a need is switched off, unless the edge is optional", () => {
    const off = service("db", { enabled: false });
    expect(names([off, service("api", { needs: ["db"] })], {})).toEqual([
      "api needs db, which is switched off (enabled: false)",
    ]);
    expect(names([off, service("api", { needs: [on("db", "ready", { required: false })] })], {})).toEqual(["api"]);
  });
});
