import { describe, expect, it } from "vitest";
import type * as z from "zod/mini";
import { manifestMap } from "../../../src/manifest/schema.ts";
import { prepare } from "../../../src/supervisor/prepare.ts";
import { load, project, problems, service } from "./project.ts";

/** One value of the schema that is no map and no list: where it stands, and how it may be written. */
interface Leaf {
  readonly path: string;
  readonly schema: z.ZodMiniType;
}

const leaves = leavesOf(manifestMap, []).filter(({ path }) => !path.startsWith("defaults."));
const paths = [...new Set(leaves.map(({ path }) => path))];

// What `${…}` becomes in each value that is not rendered when the manifest is loaded. A key that is not named here is.
const atStart = [
  "services.*.command.[]",
  "services.*.env.*",
  "services.*.files.*",
  "services.*.files.*.content",
  "services.*.health.exec.[]",
  "services.*.health.headers.*",
  "services.*.health.http",
  "services.*.health.tcp",
  "services.*.ready.exec.[]",
  "services.*.ready.headers.*",
  "services.*.ready.http",
  "services.*.ready.tcp",
  "services.*.stop.command.[]",
  "env.*",
];
const byTheShell = [
  "services.*",
  "services.*.command",
  "services.*.health.exec",
  "services.*.ready.exec",
  "services.*.stop.command",
];
const refused = ["services.*.health.body", "services.*.health.log", "services.*.ready.body", "services.*.ready.log"];
const others = new Set([...atStart, ...byTheShell, ...refused]);

describe("`${NAME}` is never taken for the value itself", () => {
  it("in a key that is no longer there", () => {
    expect([...others].filter((path) => !paths.includes(path))).toEqual([]);
  });

  it.each(paths.filter((path) => !others.has(path)))("%s: it is rendered at load", async (path) => {
    const told = await loadedWith(path, "${V}", valueFor(path));
    expect(told).not.toContain("${V}");
    expect(told).toMatch(new RegExp(`^loaded|${valueFor(path)}`));
    expect(await loadedWith(path, "${UNSET}")).toContain("UNSET");
  });

  it.each(atStart)("%s: it is rendered at each start", async (path) => {
    const text = path.endsWith(".http") ? "/x${V}" : "x${V}";
    const loaded = await project(files(path, text), { env: { V: "zz" } });
    const [a] = loaded.services;
    const rendered = await prepare(
      a!,
      { a: { main: 1 } },
      {
        project: "p",
        root: "/p",
        instance: "default",
        services: loaded.services,
        processEnv: { V: "zz" },
        colors: false,
        identityKey: () => "",
      },
      "",
    );
    const { command, stopCommand, env, files: written } = rendered;
    const { ready, health } = rendered.service;
    const all = JSON.stringify({ command, stopCommand, env, written, ready, health });
    expect(all).toContain("xzz");
    expect(all).not.toContain("${V}");
  });

  it.each(byTheShell)("%s: it is left to the shell, which has the same variables", async (path) => {
    expect(await loadedWith(path, "x ${V}", "zz")).toContain('"shell":"x ${V}"');
  });

  it.each(refused)("%s: it is refused in a regular expression", async (path) => {
    for (const pattern of ["up on ${V}", "up on $V", "(a|$V)b"]) {
      const told = await loadedWith(path, pattern, "zz");
      expect(told).toMatch(/\$\{?V\}? is not rendered in a regular expression/);
    }
  });
});

it.each(["^ready$", "a$|b", String.raw`costs \$V \$\{V\}`, "[$V]", String.raw`[\]$V]`, "x{2}$"])(
  "takes %s for the regular expression that it is",
  async (pattern) => {
    expect(await loadedWith("services.*.ready.log", pattern)).toContain(JSON.stringify(pattern));
  },
);

describe("in keys", () => {
  it("is rendered where they are paths of files and names of services", async () => {
    const text = `services:
  db: x
  a: {command: x, port: 1, depends_on: {"\${D}": started}, files: {"web/\${N:-x}-$$\${LAUNCH_INSTANCE}.js": y}}`;
    const a = await service("a", text, { env: { D: "db", N: "n" } });
    expect(a.needs).toMatchObject([{ service: "db", condition: "started" }]);
    expect(a.files[0]?.path).toMatch(/\/web\/n-\$\$\$\{LAUNCH_INSTANCE\}\.js$/);
  });

  it.each([
    ["files: {'${A_PORT}.js': y}", "A_PORT is known only once ports are chosen"],
    ["files: {'${LAUNCH_IDENTITY_KEY}': y}", "LAUNCH_IDENTITY_KEY is known only when a service starts"],
    ["files: {'a${NOPE}.js': y}", "NOPE is not set"],
    ["files: {'${UP}/x': y}", '"../x" does not lie inside /project'],
    ["files: {'${N}.js': y, 'n.js': z}", '"n.js" is named twice'],
    ["depends_on: {'${NOPE}': ready}", "NOPE is not set"],
    ["env: {'${N}': y}", 'the name "${N}" must be letters, digits and _'],
    ["ports: {'${N}': 2}", 'the name "${N}" must be'],
    ["ready: {http: /, headers: {'${N}': y}}", 'the name "${N}" must be the name of a header'],
    ["open: '/${LAUNCH_INSTANCE}'", "LAUNCH_INSTANCE is known only when a service starts"],
  ])("is refused elsewhere, and where it cannot be known: %s", async (text, words) => {
    const told = await problems(`services: {a: {command: x, port: 1, ${text}}}`, { env: { N: "n", UP: ".." } });
    expect(told).toContain(words);
    expect(told).toMatch(/\n {2}(?! )/);
  });

  it("keeps a dollar sign of the project's own directory", async () => {
    const text = { "a$HOME/services.yaml": "services: {a: {command: x, files: {'w$$.js': y}}}" };
    const a = await service("a", text, { files: ["a$HOME/services.yaml"] });
    expect(a.files[0]?.path).toMatch(/\/a\$\$HOME\/w\$\$\.js$/);
  });
});

it("leaves launch's own names in a page until somebody opens it, and renders the rest at load", async () => {
  const text = "services: {a: {command: x, port: 1, env: {B: '/b${A_PORT}'}, open: '${B}/$$?t=${T}&p=${PORT}'}}";
  expect(await service("a", text, { env: { T: "t$" } })).toMatchObject({ open: "/b${A_PORT}/$$?t=t$$&p=${PORT}" });
});

/** Everything that stands in the schema at the end of a path. */
function leavesOf(schema: unknown, path: readonly string[]): readonly Leaf[] {
  const { type, shape, valueType, innerType, options, element } = (schema as z.core.$ZodType)._zod.def as unknown as {
    readonly type: string;
    readonly shape?: Readonly<Record<string, unknown>>;
    readonly valueType?: unknown;
    readonly innerType?: unknown;
    readonly options?: readonly unknown[];
    readonly element?: unknown;
  };
  switch (type) {
    case "optional":
      return leavesOf(innerType, path);
    case "object":
      return Object.entries(shape ?? {}).flatMap(([key, value]) => leavesOf(value, [...path, key]));
    case "record":
      return leavesOf(valueType, [...path, "*"]);
    case "array":
      return leavesOf(element, [...path, "[]"]);
    case "union":
      return (options ?? []).flatMap((option) => leavesOf(option, path));
    default:
      return [{ path: path.join("."), schema: schema as z.ZodMiniType }];
  }
}

/** Text that is good at a path, the more telling the better. */
function valueFor(path: string): string {
  const schemas = leaves.filter((leaf) => leaf.path === path).map(({ schema }) => schema);
  const words = schemas.flatMap((schema) => {
    const def = schema._zod.def as unknown as {
      readonly entries?: Readonly<Record<string, string>>;
      readonly values?: readonly unknown[];
    };
    return [...Object.values(def.entries ?? {}), ...(def.values ?? []).map(String)];
  });
  const special = path.endsWith(".listen") ? "main" : path.startsWith("include") ? "included" : "zz";
  const meant = [special, "37", "200", "7s", "7-9", "7MB", "false", "true", ...words];
  const typed = (text: string): unknown =>
    /^\d+$/.test(text) ? Number(text) : /^(?:true|false)$/.test(text) ? text === "true" : text;
  return meant.find((text) => schemas.some((schema) => schema.safeParse(typed(text)).success)) ?? "zz";
}

// What else has to be said for a value to have a meaning.
const contexts: Readonly<Record<string, object>> = {
  "port.preferred": { port: {} },
  "ports.*.preferred": { ports: { zz: {} } },
  "port.": { port: { port: 8 } },
  "ports.*.": { ports: { zz: { port: 8 } } },
  "ready.body": { ready: { http: "/" } },
  "ready.headers": { ready: { http: "/" } },
  "ready.status": { ready: { http: "/" } },
  "health.body": { health: { http: "/" } },
  "health.headers": { health: { http: "/" } },
  "health.status": { health: { http: "/" } },
  "files.*.keep": { files: { zz: { content: "x" } } },
  "env_file.required": { env_file: { path: "zz" } },
  "env_file.[].required": { env_file: [{ path: "zz" }] },
};

function files(path: string, value: string): string {
  const steps = path.split(".").map((step) => (step === "*" ? "zz" : step));
  if (steps[0] === "services") steps[1] = "a";
  const contextOf = (key: string): object =>
    Object.entries(contexts).find(([start]) => key.startsWith(start))?.[1] ?? {};
  const inService = path.startsWith("services.*.") ? contextOf(path.slice("services.*.".length)) : {};
  const manifest = { ...contextOf(path), services: { a: { command: "x", port: 8, ...inService }, zz: "x" } };
  return JSON.stringify(withValue(manifest, steps, value));
}

function withValue(base: unknown, [step, ...rest]: readonly string[], value: string): unknown {
  if (step === undefined) return value;
  if (step === "[]") return [withValue((base as readonly unknown[] | undefined)?.[0], rest, value)];
  const map = typeof base === "object" && base !== null ? (base as Readonly<Record<string, unknown>>) : {};
  return { ...map, [step]: withValue(map[step], rest, value) };
}

/** `loaded` and the services, or what was told of the value. */
async function loadedWith(path: string, text: string, v?: string): Promise<string> {
  const manifest = { "services.yaml": files(path, text), zz: "", included: "services: {b: x}" };
  const loaded = await load(manifest, { env: v === undefined ? {} : { V: v } });
  const messages = (loaded.ok ? loaded.warnings : loaded.problems).map(({ message }) => message).join("\n");
  return loaded.ok ? `loaded ${messages} ${JSON.stringify(loaded.project)}` : messages;
}
