import { expect, it } from "vitest";
import type { Service } from "../../../src/core/service.ts";
import { type Preparation, prepare } from "../../../src/supervisor/prepare.ts";
import { type Files, workspace } from "../manifest/project.ts";

const ports = { api: { main: 4001 }, db: { main: 5001 } };

/** What the start of `api` is made from, given the keys of its manifest beside command and port; `db` has a port too. */
async function prepared(
  keys: string,
  files: Files = {},
  processEnv: Readonly<Record<string, string>> = {},
  change: (api: Service) => Service = (api) => api,
): Promise<Preparation> {
  const text = `services: {api: {command: serve, port: auto, ${keys}}, db: {command: db, port: auto}}`;
  await using space = await workspace({ "services.yaml": text, ...files });
  const loaded = await space.load();
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join("\n"));
  const { services, root } = loaded.project;
  const identityKey = (service: string): string => `key of ${service}`;
  const context = { project: "shop", root, instance: "two", services, processEnv, colors: false, identityKey };
  return await prepare(change(services[0]!), ports, context, "the/marker");
}

it.each([
  ["tcp: '127.0.0.1:${DB_PORT}'", { kind: "tcp", address: "127.0.0.1:5001" }],
  [
    "http: '${DB_URL}/x', headers: {X-Key: '${LAUNCH_IDENTITY_KEY}'}",
    { kind: "http", target: "http://localhost:5001/x", headers: { "X-Key": "key of api" }, status: [] },
  ],
  ["exec: 'nc localhost ${DB_PORT} $HOME'", { kind: "exec", command: { shell: "nc localhost 5001 $HOME" } }],
  ["exec: [nc, localhost, '${DB_PORT}']", { kind: "exec", command: { args: ["nc", "localhost", "5001"] } }],
  ["listen: main", { kind: "listen", endpoint: "main" }],
])(
  "a probe is asked with what its variables are at the start, in `ready` and in `health`: %s",
  async (probe, rendered) => {
    const { service } = await prepared(`ready: {${probe}}, health: {${probe}, failures: 7}`);
    expect(service.ready.probe).toEqual(rendered);
    expect(service.health).toMatchObject({ probe: rendered, failures: 7 });
  },
);

it("commands and files have the variables of the start", async () => {
  const { stopCommand, files } = await prepared(
    "stop: {command: [end, '${PORT}']}, files: {config.txt: '${DB_URL} ${LAUNCH_INSTANCE}'}",
  );
  expect(stopCommand).toEqual({ args: ["end", "4001"] });
  expect(files).toEqual([expect.objectContaining({ content: "http://localhost:5001 two" })]);
});

it("a file's path has the instance in it, whatever the service itself calls it, and no port", async () => {
  const { files } = await prepared(
    "env_file: own.env, files: {'web/${LAUNCH_SERVICE}-${LAUNCH_INSTANCE}-${X:-$$}.js': a}",
    { "own.env": "X=x" },
  );
  expect(files).toEqual([expect.objectContaining({ path: expect.stringMatching(/\/web\/api-two-x\.js$/) })]);
});

it("the environment has the address, the names of the run, and what the others are reached by", async () => {
  const { env, path, clashes } = await prepared("host: 127.0.0.2", {}, { PATH: "/bin", HOME: "/h" });
  expect(env).toMatchObject({
    HOST: "127.0.0.2",
    PORT: "4001",
    DB_PORT: "5001",
    API_URL: "http://127.0.0.2:4001",
    HOME: "/h",
    LAUNCH_RUN: "the/marker",
    LAUNCH_INSTANCE: "two",
  });
  expect(path).toBe("/bin");
  expect(clashes).toEqual([]);
});

it("the files of a service and of the manifest are read at the start", async () => {
  const { env } = await prepared("env_file: own.env", { "own.env": "A=own", ".env": "A=all\nB=all" });
  expect(env).toMatchObject({ A: "own", B: "all" });
});

it("an env file that can no longer be read is no start, and it is said which", async () => {
  const ownFiles = [{ path: "/", required: false }];
  const start = prepared("label: x", {}, {}, (api) => ({ ...api, env: { ...api.env, ownFiles } }));
  await expect(start).rejects.toThrow("env file / is a directory");
});
