import { describe, expect, it } from "vitest";
import type { Endpoint, Service } from "../../../src/core/service.ts";
import { childEnvironment, exportsOf, ownNames, portNamesOf } from "../../../src/plan/env.ts";
import { portUsers } from "../../../src/plan/port-users.ts";
import type { EnvironmentSources } from "../../../src/plan/env.ts";

type Change = Partial<Omit<Service, "env">> & { readonly env?: Partial<Service["env"]> };

function service(name: string, { env, ...change }: Change = {}): Service {
  return {
    name,
    type: "service",
    place: { file: "/p/services.yaml", line: 1, column: 1 },
    command: { shell: "x" },
    workingDir: "/p",
    stdin: "open",
    tty: false,
    env: { own: {}, manifest: {}, ownFiles: [], manifestFiles: [], ...env },
    exportPrefix: "",
    scheme: "http",
    endpoints: [],
    files: [],
    needs: [],
    ready: { probe: { kind: "none" }, timeout: 1, attempt: 1, success: 1, owner: "tree" },
    restart: { policy: "no", delay: 0, maxDelay: 0, maxRestarts: 0, window: 0 },
    logs: { maxSize: 50_000_000, keep: 3 },
    stop: { signal: "SIGTERM", timeout: 0, to: "group", spare: [], cgroup: false },
    onExit: "ignore",
    successExitCodes: [0],
    enabled: true,
    profiles: [],
    ...change,
  };
}

const endpoint = (name: string, change: Partial<Endpoint> = {}): Endpoint => ({
  name,
  source: "auto",
  fixed: false,
  onConflict: "ask",
  ...change,
});
const run = { project: "p", instance: "default", identityKey: "k" };

describe("exports", () => {
  it("name port, URL and host of each service, and each named endpoint", () => {
    const services = [
      service("my-api", {
        exportPrefix: "U_",
        scheme: "https",
        endpoints: [endpoint("main"), endpoint("ws", { protocol: "ws" })],
      }),
      service("bridge", { host: "127.0.0.1", endpoints: [endpoint("a-b"), endpoint("admin")] }),
      service("worker"),
    ];
    expect(exportsOf(services, { "my-api": { main: 1, ws: 2 }, bridge: { "a-b": 3, admin: 4 } })).toEqual({
      U_MY_API_PORT: "1",
      U_MY_API_URL: "https://localhost:1",
      U_MY_API_HOST: "localhost",
      U_MY_API_WS_PORT: "2",
      U_MY_API_WS_URL: "ws://localhost:2",
      BRIDGE_PORT: "3",
      BRIDGE_URL: "http://127.0.0.1:3",
      BRIDGE_HOST: "127.0.0.1",
      BRIDGE_A_B_PORT: "3",
      BRIDGE_A_B_URL: "http://127.0.0.1:3",
      BRIDGE_ADMIN_PORT: "4",
      BRIDGE_ADMIN_URL: "http://127.0.0.1:4",
    });
  });

  it("name an endpoint that `ports:` calls main as every other, beside what the one of `port:` would be called", () => {
    const main = service("a", { endpoints: [endpoint("main", { isNamed: true }), endpoint("ws")] });
    const names = Object.keys(exportsOf([main], { a: { main: 1, ws: 2 } }));
    expect(names).toEqual(["A_PORT", "A_URL", "A_HOST", "A_MAIN_PORT", "A_MAIN_URL", "A_WS_PORT", "A_WS_URL"]);
    expect(ownNames(main, { a: { main: 1, ws: 2 } }, run)).toMatchObject({ PORT: "1", PORT_MAIN: "1", PORT_WS: "2" });
  });

  it("leave out what has no port yet", () => {
    expect(exportsOf([service("a", { endpoints: [endpoint("main")] })], {})).toEqual({});
  });

  it("name an address that can be connected to", () => {
    const url = (host: string): string | undefined =>
      exportsOf([service("a", { host, endpoints: [endpoint("main")] })], { a: { main: 1 } })["A_URL"];
    expect([url("0.0.0.0"), url("::"), url("::1"), url("box")]).toEqual([
      "http://localhost:1",
      "http://localhost:1",
      "http://[::1]:1",
      "http://box:1",
    ]);
  });
});

describe("a service's own names", () => {
  const names = (change: Change, ports: Record<string, number>): Record<string, string> =>
    ownNames(service("a", change), { a: ports }, run);
  const always = {
    LAUNCH_SERVICE: "a",
    LAUNCH_PROJECT: "p",
    LAUNCH_INSTANCE: "default",
    LAUNCH_IDENTITY_KEY: "k",
  };

  it("have PORT for the only port or the main one, and one name for each named port", () => {
    expect(names({}, {})).toEqual(always);
    expect(names({ endpoints: [endpoint("main")] }, { main: 1 })).toEqual({ ...always, PORT: "1" });
    expect(names({ endpoints: [endpoint("ws")] }, { ws: 1 })).toEqual({ ...always, PORT: "1", PORT_WS: "1" });
    expect(names({ endpoints: [endpoint("ws"), endpoint("x-y")] }, { ws: 1, "x-y": 2 })).toEqual({
      ...always,
      PORT_WS: "1",
      PORT_X_Y: "2",
    });
    expect(names({ endpoints: [endpoint("main"), endpoint("ws")] }, { main: 1, ws: 2 })).toEqual({
      ...always,
      PORT: "1",
      PORT_WS: "2",
    });
  });

  it("have HOST only where it is given", () => {
    expect(names({ host: "::1" }, {})).toEqual({ ...always, HOST: "::1" });
  });
});

describe("a child's environment", () => {
  const sources = (change: Partial<EnvironmentSources>): EnvironmentSources => ({
    service: service("a"),
    own: {},
    exports: {},
    processEnv: {},
    portNames: ["PORT"],
    ownFiles: {},
    manifestFiles: {},
    colors: false,
    ...change,
  });
  const environment = (change: Partial<EnvironmentSources>): Record<string, string> =>
    childEnvironment(sources(change)).env;

  it("takes each name from the first layer that has it", () => {
    // A1 is in the first layer and all below it, A2 in the second and below, and so on.
    const from = (layer: number): Record<string, string> =>
      Object.fromEntries([1, 2, 3, 4, 5, 6].filter((name) => name <= layer).map((name) => [`A${name}`, String(layer)]));
    const change = { own: { A2: "2" }, processEnv: from(4), manifestFiles: from(6) };
    const layers = { own: from(1), manifest: from(3) };
    const expected = { A1: "1", A2: "2", A3: "3", A4: "4", A6: "6", PYTHONUNBUFFERED: "1" };
    expect(environment({ ...change, service: service("a", { env: layers }) })).toEqual({ ...expected, A5: "6" });
    expect(environment({ ...change, ownFiles: { A4: "5", A5: "5" }, service: service("a", { env: layers }) })).toEqual({
      ...expected,
      A5: "5",
    });
  });

  it("keeps what the service's own files set, over what launch would set", () => {
    const { env, clashes } = childEnvironment(
      sources({
        own: { PORT: "1", HOST: "h" },
        exports: { A_PORT: "2", B_PORT: "3", C_PORT: "4" },
        ownFiles: { PORT: "9", B_PORT: "8" },
        service: service("a", { env: { own: { A_PORT: null } } }),
      }),
    );
    expect(env).toMatchObject({ PORT: "9", HOST: "h", B_PORT: "8", C_PORT: "4" });
    expect(env).not.toHaveProperty("A_PORT");
    expect(clashes).toEqual(["A_PORT", "PORT", "B_PORT"]);
  });

  it("takes a port from the environment around launch only where the project says nothing of it", () => {
    const worker = service("worker");
    const api = service("api", { endpoints: [endpoint("main")] });
    const portNames = portNamesOf([worker, api]);
    const lower = { PORT: "1", API_PORT: "1", WORKER_PORT: "1", OTHER_PORT: "1" };
    const shell = { PORT: "2", API_PORT: "2", WORKER_PORT: "2", OTHER_PORT: "2", PATH: "/bin" };
    const base = { service: worker, portNames, processEnv: shell };
    const own = { OTHER_PORT: "2", PATH: "/bin", PYTHONUNBUFFERED: "1" };
    expect(environment(base)).toEqual({ ...shell, PYTHONUNBUFFERED: "1" });
    for (const files of [{ ownFiles: lower }, { manifestFiles: lower }]) {
      expect(environment({ ...base, ...files })).toEqual({ ...own, PORT: "1", API_PORT: "1", WORKER_PORT: "1" });
    }
    const told = { ...base, service: api, own: { PORT: "3" }, exports: { API_PORT: "3" } };
    expect(environment(told)).toMatchObject({ PORT: "3", API_PORT: "3" });
    expect(environment({ ...told, manifestFiles: lower })).toMatchObject({ PORT: "3", API_PORT: "3" });
    const manifest = service("api", { ...api, env: { manifest: { PORT: "4", API_PORT: "4" } } });
    expect(environment({ ...told, service: manifest, ownFiles: lower })).toMatchObject({ PORT: "1", API_PORT: "1" });
  });

  it("sets launch's names over the manifest's variables, the process environment and shared files", () => {
    const lower = { PORT: "2", A_PORT: "2" };
    const change = {
      own: { PORT: "1" },
      exports: { PORT: "5", A_PORT: "6" },
      processEnv: lower,
      manifestFiles: lower,
      service: service("a", { env: { manifest: lower } }),
    };
    expect(childEnvironment(sources(change))).toMatchObject({ env: { PORT: "1", A_PORT: "6" }, clashes: [] });
  });

  it("renders variables that name others and themselves", () => {
    const own = { PATH: "/x:${PATH}", PORT: "1${PORT}", URL: "http://h:${PORT}${SUFFIX}", SUFFIX: "/${DEEP}" };
    const change = {
      service: service("a", { env: { own, manifest: { PATH: "/m:${PATH}", DEEP: "d" } } }),
      own: { PORT: "80" },
      processEnv: { PATH: "/bin" },
    };
    expect(environment(change)).toMatchObject({ PATH: "/x:/m:/bin", PORT: "180", URL: "http://h:180/d" });
  });

  it("refuses a circle and a missing value that is asked for", () => {
    expect(() => environment({ service: service("a", { env: { own: { A: "${B}", B: "${A}" } } }) })).toThrow(
      "A → B → A refer to one another in a circle",
    );
    expect(() => environment({ service: service("a", { env: { own: { A: "${NO:?set it}" } } }) })).toThrow(
      "NO is not set: set it",
    );
  });

  it("unsets with null, and leaves other names of the process alone", () => {
    const change = {
      service: service("a", { env: { own: { A: null }, manifest: { B: null } } }),
      processEnv: { A: "1", B: "2", NODE_ENV: "test", X: undefined, RAW: "$HOME ${X" },
    };
    expect(environment(change)).toEqual({ NODE_ENV: "test", RAW: "$HOME ${X", PYTHONUNBUFFERED: "1" });
  });

  it("asks for colours only where they are on and nobody has said otherwise", () => {
    expect(environment({ colors: true })).toEqual({ FORCE_COLOR: "1", PYTHONUNBUFFERED: "1" });
    expect(environment({ colors: true, processEnv: { NO_COLOR: "1" } })).toEqual({
      NO_COLOR: "1",
      PYTHONUNBUFFERED: "1",
    });
    expect(environment({ colors: true, manifestFiles: { FORCE_COLOR: "0", PYTHONUNBUFFERED: "" } })).toEqual({
      FORCE_COLOR: "0",
      PYTHONUNBUFFERED: "",
    });
  });

  it("names a kind of terminal to what has one, and leaves colours to the program", () => {
    const tty = service("a", { tty: true });
    expect(environment({ service: tty, colors: true })).toEqual({ TERM: "xterm-256color", PYTHONUNBUFFERED: "1" });
    expect(environment({ service: tty, processEnv: { TERM: "vt100" } })).toMatchObject({ TERM: "vt100" });
  });
});

describe("who uses whose port", () => {
  const db = service("db", { exportPrefix: "U_", endpoints: [endpoint("main"), endpoint("ws")] });
  const usersWith = (change: Change): readonly string[] => [...(portUsers([db, service("a", change)]).get("a") ?? [])];

  it.each<[string, Change]>([
    ["a variable", { env: { own: { X: "pg://localhost:${U_DB_PORT}" } } }],
    ["a default inside a variable", { env: { own: { X: "${Y:-$U_DB_URL}" } } }],
    ["an argument", { command: { args: ["x", "${U_DB_WS_URL}"] } }],
    ["a shell command", { command: { shell: "x $U_DB_PORT" } }],
    ["a file", { files: [{ path: "/f", content: "${U_DB_WS_PORT}", keep: false }] }],
    ["a page", { open: "${U_DB_URL}/x" }],
    [
      "a probe",
      {
        ready: {
          probe: { kind: "exec", command: { shell: "x ${U_DB_HOST}" } },
          timeout: 1,
          attempt: 1,
          success: 1,
          owner: "tree",
        },
      },
    ],
    [
      "a variable of the manifest that it names",
      { command: { shell: "x $DB" }, env: { manifest: { DB: "${U_DB_URL}" } } },
    ],
  ])("is told by %s", (_, change) => {
    expect(usersWith(change)).toEqual(["db"]);
  });

  it.each<[string, Change]>([
    ["a variable of the manifest that it does not name", { env: { manifest: { DB: "${U_DB_URL}" } } }],
    ["a name that it sets itself", { command: { shell: "x $U_DB_PORT" }, env: { own: { U_DB_PORT: "1" } } }],
    ["an escaped dollar sign", { open: "$${U_DB_URL}" }],
    ["its own port", { name: "db", endpoints: [endpoint("main")], command: { shell: "$U_DB_PORT" } }],
  ])("is not told by %s", (_, change) => {
    expect(usersWith(change)).toEqual([]);
  });
});
