// What to write instead, where it is plain what was meant.

import { describe, expect, it } from "vitest";
import { problems } from "./project.ts";

/** The lines below the caret. */
async function remedyFor(text: string): Promise<string> {
  const lines = (await problems(text)).split("\n");
  return lines
    .slice(lines.findIndex((line) => /^ +\^$/.test(line)) + 1)
    .join("\n")
    .trim();
}

const inService = (text: string): string => `services: {a: {command: x, ${text}}}`;

describe("the remedy for a form of another tool", () => {
  it.each([
    ['ports: ["8080:80"]', "Write port: 8080. The service itself listens on the number, nothing is mapped."],
    ['ports: ["127.0.0.1:8080:80/tcp"]', "Write port: 8080."],
    ["ports: [3000, 3001]", "Give each a name: ports: { port1: 3000, port2: 3001 }."],
    ["ports: 3000", "Write port: 3000, or give it a name."],
    ["port: [3000]", "Write port: 3000."],
    ['port: "8080:80"', "Write port: 8080."],
    ["env: [A=b=c, D=e]", 'Write a map: env: { A: "b=c" }.'],
    ["env: [A]", 'Write a map: env: { NAME: "value" }.'],
    ["depends_on: db", "Write a list: depends_on: [db]."],
    ["profiles: dev", "Write a list: profiles: [dev]."],
    ["success_exit_codes: 3", "Write a list: success_exit_codes: [3]."],
    ["port: 1, ready: /health", "Write ready: { http: /health }."],
    ["ready: http", "Write ready: { http: / }."],
    ["ready: tcp", "Write ready: { tcp: main }, or listen, which connects to nothing."],
    ["ready: log", "Write ready: { log: 'listening on' }"],
    ["ready: 10s", "A time proves nothing; for the longest wait, write ready: { timeout: 10s }."],
    ["ready: curl -f x", 'If it is a command, write ready: { exec: "curl -f x" }.'],
    ["health: /health", "Write health: { http: /health }."],
    ["port: 1, ready: {http: 'localhost:1/x'}", "Write http://localhost:1/x in full."],
    ["port: 1, ready: {http: health}", "Write /health, or http://… in full."],
    ["stop: SIGINT", "Write stop: { signal: SIGINT }."],
    ["stop: 10s", "Write stop: { timeout: 10s }."],
    ["stop: 10", "Write stop: { timeout: 10s }."],
    ["stop: ./stop.sh now", 'Write stop: { command: "./stop.sh now" }.'],
    ["restart: 3", "Write restart: { max_restarts: 3 }."],
    ["type: job", 'Here that is called "task".'],
    ["type: daemon", 'Here that is called "service".'],
    ["shell: bash", "A string under `command:` runs in sh; for another shell, write [bash, -c, …]."],
    ["pre_start: y", "Make it a service with `type: task`, and name it in this one's `depends_on:`."],
    ["build: .", "launch builds nothing: make the build a service with `type: task`"],
    ["networks: [a]", "Services share this machine's network: delete it."],
    ["volumes: [a]", "Services see this machine's files: delete it."],
    ["container_name: x", "A service is called by its key under `services:`."],
    ["instances: 3", "It is called `replicas:`."],
  ])("%s", async (text, remedy) => {
    expect(await remedyFor(inService(text))).toContain(remedy);
  });
});

it.each([
  ["Api", "api"],
  ["webServer", "web-server"],
  ["my app", "my-app"],
  ["_x", "x"],
])("a name that cannot be one is given one that can: %s", async (name, meant) => {
  expect(await remedyFor(`services: {${name}: x}`)).toBe(`Call it "${meant}".`);
});

it("a list of all keys is given once", async () => {
  const text = await problems("services: {a: {command: x, foo: 1, bar: 2}, b: {command: y, baz: 3}}");
  expect(text.match(/is no key of a service/g)).toHaveLength(3);
  expect(text.match(/Its keys: /g)).toHaveLength(1);
});
