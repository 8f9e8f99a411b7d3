import { readFile } from "node:fs/promises";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod/mini";
import { renderJsonSchema } from "../../../scripts/json-schema.ts";
import { renderReference } from "../../../scripts/reference.ts";
import { renderingOf } from "../../../src/manifest/fields.ts";
import { serviceMap } from "../../../src/manifest/schema/service.ts";
import { project } from "./project.ts";

const root = new URL("../../../", import.meta.url);
const validate = new Ajv({ strict: false }).compile(JSON.parse(renderJsonSchema()) as object);
const judged = (text: string): boolean => validate(parse(text));

it("services.schema.json and docs/manifest.md are current: `npm run generate` makes them so", async () => {
  expect(await readFile(new URL("services.schema.json", root), "utf8")).toBe(renderJsonSchema());
  expect(await readFile(new URL("docs/manifest.md", root), "utf8")).toBe(await renderReference());
});

it("the reference's own example is a manifest that loads, and that editors accept", async () => {
  const guide = await renderReference();
  const example = /## An example\n\n```yaml\n([^]*?)```/.exec(guide)?.[1] ?? "";
  const { services } = await project(example);
  expect(services.map(({ name }) => name)).toEqual(["css", "cache", "db", "migrate", "api", "bridge"]);
  expect(judged(example)).toBe(true);
});

it("the schema for editors accepts every form", () => {
  expect(
    judged(`
name: uhome
env_prefix: UHOME_
env: { LOG_LEVEL: debug, N: 1, B: true, U: null }
env_file: [.env, { path: .env.local, required: false }]
port_pool: { range: 8008-8020, fallback: os }
defaults: { restart: on-failure, x-mine: 1 }
x-mine: anything
services:
  css: npx tailwindcss --watch=always
  cache: { external: true, port: 6379 }
  api:
    command: [python, -m, api.server, --port, "\${PORT}", 1]
    description: REST
    version: 1.2
    label: development
    working_dir: api
    port: { preferred: "\${API_PORT:-8765}", range: 8765-8775, on_conflict: ask }
    ports: { ws: { port: auto, protocol: ws }, admin: 9100, other: dynamic }
    scheme: http
    host: 127.0.0.1
    depends_on: { db: ready, migrate: { condition: completed, required: false, restart: true }, cache: null }
    ready: { http: /health, timeout: 60s, status: [200], headers: { A: b }, body: ok }
    health: { exec: [x], interval: 10s, timeout: 1s, failures: 3, restart: false }
    restart: { policy: on-failure, delay: 0, max_delay: 10s, max_restarts: 10, window: 2m }
    stop: { signal: SIGINT, timeout: 10s, to: group }
    on_exit: ignore
    success_exit_codes: [0]
    enabled: "\${ON}"
    profiles: [dev]
    open: /docs
    tty: false
    stdin: null
    files: { a: b, c: { content: d, keep: true } }
    x-note: mine
`),
    JSON.stringify(validate.errors),
  ).toBe(true);
});

it.each([
  "services: {a: {comand: x}}",
  "services: {a: {command: x, port: 70000}}",
  "services: {a: {command: x, watch: {}}}",
  "services: {a: {command: x, replicas: 2}}",
  "services: {a: {command: x, ready: {timeout: 10}}}",
  "services: {A: x}",
  "service: {}",
])("the schema for editors refuses %s", (text) => {
  expect(judged(text)).toBe(false);
});

it("every key of a service is described", () => {
  const described = Object.entries(serviceMap.shape).map(([key, schema]) => [
    key,
    typeof z.globalRegistry.get(schema)?.description,
  ]);
  expect(described.filter(([, type]) => type !== "string")).toEqual([]);
});

it("only command lines, variables, files and probes are rendered at each start", () => {
  const later = Object.keys(serviceMap.shape).filter((key) =>
    ["runtime", "shell", "file"].includes(renderingOf([key])),
  );
  expect(later).toEqual(["command", "env", "files"]);
  expect(["http", "tcp", "exec", "log", "listen", "timeout"].map((key) => renderingOf(["ready", key]))).toEqual([
    "runtime",
    "runtime",
    "shell",
    "raw",
    "word",
    "value",
  ]);
});
