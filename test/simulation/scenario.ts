// What a simulated run is made of: services that need each other, rules, requests and a machine's temper.

import * as fc from "fast-check";
import type { Request } from "../../src/core/event.ts";
import type { Millis, Service } from "../../src/core/service.ts";
import type { Rules } from "../../src/core/state.ts";
import { external, service, task, type ServiceWords } from "../unit/core/fleet.ts";

/** One run to be played: it wants everything at 0 and asks for the end at `quitAt`. */
export interface Scenario {
  readonly services: readonly Service[];
  readonly rules: Rules;
  readonly requests: readonly (Request & { readonly at: Millis })[];
  readonly seed: number;
  readonly hostile: boolean;
  /** When the engine dies and another takes its place. */
  readonly deathAt?: Millis;
}

/** When the end is asked for. */
export const quitAt: Millis = 15_000;

/** Runs on a machine where anything goes wrong, with people who ask for anything. */
export const hostileScenarios: fc.Arbitrary<Scenario> = scenarios(true);

/** Runs on a machine that does as asked, with one request: everything. */
export const benignScenarios: fc.Arbitrary<Scenario> = scenarios(false);

function scenarios(hostile: boolean): fc.Arbitrary<Scenario> {
  return fc
    .record({
      services: fc.array(serviceWords(), { minLength: 1, maxLength: 6 }),
      seed: fc.nat(),
      rules: rulesOf(hostile),
      asked: fc.array(requestWords(), { maxLength: hostile ? 8 : 0 }),
      needed: fc.array(fc.nat(5), { maxLength: hostile ? 4 : 0 }),
      deathAt: fc.option(fc.integer({ min: 1, max: quitAt }), { nil: undefined, freq: 2 }),
      force: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined }),
    })
    .map(({ services: words, seed, rules, asked, needed, deathAt, force }) => {
      const services = words.map((one, index) => build(one, index, words));
      const names = services.map(({ name }) => name);
      const portUsers = Object.fromEntries(names.map((name, index) => [name, names.slice(index + 1, index + 3)]));
      const requests: (Request & { readonly at: Millis })[] = [
        { type: "up", services: names, needed: needed.flatMap((index) => names[index] ?? []), at: 0 },
        ...asked.map(({ at, type, on }) => {
          const meant = on.map((index) => names[index % names.length]!);
          return type === "kill" ? { type, services: meant, grace: 150, at } : { type, services: meant, at };
        }),
        { type: "quit", by: "SIGINT", force: false, at: quitAt },
      ];
      if (force !== undefined) requests.push({ type: "quit", by: "SIGINT", force: true, at: quitAt + force });
      const death = hostile && deathAt !== undefined ? { deathAt } : {};
      return { services, seed, hostile, requests, rules: { ...rules, portUsers }, ...death };
    });
}

function rulesOf(hostile: boolean): fc.Arbitrary<Omit<Rules, "portUsers">> {
  return fc.record(
    {
      onFailure: fc.constantFrom("continue", "continue", "continue", hostile ? "stop" : "continue"),
      restarts: fc.constantFrom(true, true, true, false),
      patient: fc.boolean(),
      endWhenSettled: hostile ? fc.constantFrom(false, false, true) : fc.constant(false),
      upBy: hostile ? fc.integer({ min: 1000, max: 14_000 }) : fc.constant(14_000),
    },
    { requiredKeys: ["onFailure", "restarts", "patient", "endWhenSettled"] },
  );
}

function requestWords() {
  return fc.record({
    at: fc.integer({ min: 0, max: quitAt - 1000 }),
    type: fc.constantFrom("up", "up", "down", "down", "restart", "restart", "kill"),
    on: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
  });
}

function serviceWords() {
  return fc.record({
    type: fc.constantFrom("service", "service", "service", "service", "task", "external"),
    needs: fc.array(
      fc.record({
        on: fc.nat(4),
        started: fc.boolean(),
        required: fc.constantFrom(true, true, false),
        restart: fc.constantFrom(false, false, true),
      }),
      { maxLength: 2 },
    ),
    port: fc.boolean(),
    health: fc.boolean(),
    onExit: fc.constantFrom(...Array.from({ length: 16 }, () => "ignore" as const), "fail", "shutdown"),
    restart: fc.record({
      policy: fc.constantFrom("always", "on-failure", "on-failure", "no"),
      delay: fc.constantFrom(0, 100, 400),
      maxDelay: fc.constant(1000),
      maxRestarts: fc.integer({ min: 0, max: 4 }),
      window: fc.constant(5000),
    }),
    grace: fc.integer({ min: 200, max: 2000 }),
    readyTimeout: fc.integer({ min: 300, max: 5000 }),
  });
}

type Words = ReturnType<typeof serviceWords> extends fc.Arbitrary<infer T> ? T : never;

function build(words: Words, index: number, all: readonly Words[]): Service {
  const { type, port, health, onExit, restart, grace, readyTimeout } = words;
  const name = `s${index}`;
  // Needs go backwards only, so that there is no cycle; what runs elsewhere needs nothing.
  const targets =
    index === 0 || type === "external" ? [] : words.needs.map((need) => ({ ...need, on: need.on % index }));
  const needs = targets
    .filter((need, at) => targets.findIndex(({ on }) => on === need.on) === at)
    .map(({ on, started, required, restart: follow }) => {
      const condition = all[on]?.type === "task" ? "completed" : started ? "started" : "ready";
      return { on: `s${on}`, condition, required, restart: follow } as const;
    });
  const common: ServiceWords = {
    needs,
    restart,
    readyTimeout,
    stop: { timeout: grace },
    ...(port ? { port: 3000 } : {}),
  };
  if (type === "external") return external(name, common);
  if (type === "task") return task(name, common);
  const probe = { kind: "none" } as const;
  const checks = {
    probe,
    interval: 1000,
    timeout: 100,
    failures: 1,
    success: 1,
    restart: true,
    owner: "tree",
  } as const;
  return service(name, { ...common, onExit, ...(health ? { health: checks, watchdog: 5000 } : {}) });
}
