import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { problems, project, service, warnings, workspace } from "./project.ts";

describe("a service says little and gets the rest", () => {
  it("has these defaults", async () => {
    const loaded = await project("services: {web: npm run dev}");
    const [web] = loaded.services;
    expect(web).toMatchObject({
      name: "web",
      type: "service",
      place: { line: 1, column: 12 },
      command: { shell: "npm run dev" },
      workingDir: loaded.root,
      stdin: "open",
      tty: false,
      env: {
        own: {},
        manifest: {},
        ownFiles: [],
        manifestFiles: [{ path: join(loaded.root, ".env"), required: false }],
      },
      exportPrefix: "",
      scheme: "http",
      endpoints: [],
      files: [],
      needs: [],
      ready: { probe: { kind: "none" }, timeout: 60_000, attempt: 30_000, success: 1, owner: "tree" },
      restart: { policy: "on-failure", delay: 100, maxDelay: 10_000, maxRestarts: 10, window: 120_000 },
      stop: { signal: "SIGTERM", timeout: 10_000, to: "group", spare: [], cgroup: false },
      logs: { maxSize: 50_000_000, keep: 3 },
      onExit: "ignore",
      successExitCodes: [0],
      enabled: true,
      profiles: [],
    });
    expect(web).not.toHaveProperty("health");
    expect(loaded).toMatchObject({ portPool: { from: 8008, to: 8020, fallback: "os" } });
  });

  it("bounds its logs by size and age, each in its own units", async () => {
    const text = `defaults: {logs: {max_size: 1GiB, max_age: 7d, keep: 0}}
services: {a: x, b: {command: x, logs: {max_size: 1.5 MB, keep: 9}}, c: {external: true, port: 1}}`;
    expect((await project(text)).services.map(({ logs }) => logs)).toEqual([
      { maxSize: 1_073_741_824, maxAge: 604_800_000, keep: 0 },
      { maxSize: 1_500_000, maxAge: 604_800_000, keep: 9 },
      { maxSize: 50_000_000, keep: 3 },
    ]);
  });

  it("is not restarted when it is a task, unless it says so itself", async () => {
    const text =
      "defaults: {restart: {policy: always, delay: 1s}}\nservices: {a: {command: x, type: task}, b: {command: x, type: task, restart: on-failure}, c: x}";
    const policies = (await project(text)).services.map(({ restart }) => [restart.policy, restart.delay]);
    expect(policies).toEqual([
      ["no", 1000],
      ["on-failure", 1000],
      ["always", 1000],
    ]);
  });

  it("is asked for as long as `attempt` says at a time, long enough for a first compile if it says nothing", async () => {
    const attempts = async (ready: string): Promise<number> =>
      (await service("a", `services: {a: {command: x, port: 1, ready: ${ready}}}`)).ready.attempt;
    expect(await attempts("{http: /}")).toBe(30_000);
    expect(await attempts("{http: /, attempt: 2m}")).toBe(120_000);
    expect(await attempts("listen")).toBe(30_000);
  });

  it("is ready when it listens on its first port", async () => {
    expect((await service("a", "services: {a: {command: x, ports: {ws: auto, admin: 9100}}}")).ready.probe).toEqual({
      kind: "listen",
      endpoint: "ws",
    });
  });

  it("is connected to when it is external, whoever answers", async () => {
    const cache = await service(
      "cache",
      "defaults: {restart: always, stop: {timeout: 1s}}\nservices: {cache: {external: true, port: 6379}}",
    );
    expect(cache.ready).toMatchObject({ probe: { kind: "tcp", address: "main" }, owner: "any" });
    expect(cache).not.toHaveProperty("command");
  });
});

describe("every form of", () => {
  it.each([
    ["5432", { source: "preferred", preferred: 5432, fixed: false, onConflict: "ask" }],
    ["'5432'", { source: "preferred", preferred: 5432 }],
    ["auto", { source: "auto" }],
    ["dynamic", { source: "dynamic" }],
    [
      "{preferred: 8765, range: 8765-8775, on_conflict: next}",
      { source: "preferred", preferred: 8765, range: { from: 8765, to: 8775 }, onConflict: "next" },
    ],
    ["{port: 80, fixed: true}", { preferred: 80, fixed: true }],
    ["{range: 10-20}", { source: "preferred", preferred: 10, range: { from: 10, to: 20 } }],
    ["{port: 53, protocol: udp}", { source: "preferred", preferred: 53, protocol: "udp", transport: "udp" }],
    ["{port: auto, range: 10-20, protocol: ws}", { source: "auto", range: { from: 10, to: 20 }, protocol: "ws" }],
  ])("port: %s", async (text, endpoint) => {
    expect((await service("a", `services: {a: {command: x, port: ${text}}}`)).endpoints).toMatchObject([
      { name: "main", ...endpoint },
    ]);
  });

  it.each([
    ["listen", { kind: "listen", endpoint: "main" }],
    ["none", { kind: "none" }],
    ["{timeout: 5s}", { kind: "listen", endpoint: "main" }],
    ["{listen: ws}", { kind: "listen", endpoint: "ws" }],
    ["{tcp: main}", { kind: "tcp", address: "main" }],
    ["{tcp: 5432}", { kind: "tcp", address: "5432" }],
    ["{tcp: 'db.local:5432'}", { kind: "tcp", address: "db.local:5432" }],
    ["{http: /health}", { kind: "http", target: "/health", status: [], headers: {} }],
    [
      "{http: 'https://x/y', status: [200, 204], headers: {A: 1}, body: ok$}",
      { kind: "http", target: "https://x/y", status: [200, 204], headers: { A: "1" }, body: "ok$" },
    ],
    ["{exec: pg_isready}", { kind: "exec", command: { shell: "pg_isready" } }],
    ["{exec: [pg_isready, -p, 5]}", { kind: "exec", command: { args: ["pg_isready", "-p", "5"] } }],
    ["{log: 'ready in \\d+ms$'}", { kind: "log", pattern: "ready in \\d+ms$" }],
  ])("ready: %s", async (text, probe) => {
    expect(
      (await service("a", `services: {a: {command: x, port: 1, ports: {ws: 2}, ready: ${text}}}`)).ready.probe,
    ).toEqual(probe);
  });

  it("depends_on: conditions follow from what they name", async () => {
    const text = `services:
  db: x
  migrate: {command: x, type: task}
  once: {command: x, restart: no}
  a: {command: x, depends_on: [db, migrate]}
  b: {command: x, depends_on: {db: , migrate: , once: completed}}
  c: {command: x, depends_on: {db: {condition: started, required: false, restart: true}, nobody: ready}}`;
    const needs = Object.fromEntries((await project(text)).services.map(({ name, needs }) => [name, needs]));
    expect(needs["a"]).toMatchObject([
      { service: "db", condition: "ready", required: true, restart: false, place: { line: 5, column: 32 } },
      { service: "migrate", condition: "completed" },
    ]);
    expect(needs["b"]?.map(({ condition }) => condition)).toEqual(["ready", "completed", "completed"]);
    expect(needs["c"]).toMatchObject([
      { condition: "started", required: false, restart: true },
      { service: "nobody", condition: "ready" },
    ]);
  });

  it("durations, signals and the rest", async () => {
    const a = await service(
      "a",
      `services:
  a:
    command: [node, server.js, 8080, true]
    version: 1.10
    env: {NUMBER: 1.10, FLAG: true, NOTHING: null, EMPTY: ""}
    health: {exec: x, interval: 1m30s, timeout: 250ms, failures: 2, restart: true}
    restart: {delay: 0, window: 1.5h}
    stop: {signal: int, timeout: 0}
    stdin: null
    tty: false
    replicas: 1
    env_file: [a.env, {path: b.env, required: false}]
    files: {web/x.js: "a", y: {content: "b", keep: true}}`.replace("a.env, ", ""),
    );
    expect(a).toMatchObject({
      command: { args: ["node", "server.js", "8080", "true"] },
      version: "1.10",
      health: {
        probe: { kind: "exec", command: { shell: "x" } },
        interval: 90_000,
        timeout: 250,
        failures: 2,
        success: 1,
        restart: true,
      },
      restart: { policy: "on-failure", delay: 0, window: 5_400_000 },
      stop: { signal: "SIGINT", timeout: 0 },
      stdin: "null",
    });
    expect(a.env.own).toEqual({ NUMBER: "1.10", FLAG: "true", NOTHING: null, EMPTY: "" });
    expect(a.env.ownFiles).toEqual([{ path: join(a.workingDir, "b.env"), required: false }]);
    expect(a.files).toEqual([
      { path: join(a.workingDir, "web/x.js"), content: "a", keep: false },
      { path: join(a.workingDir, "y"), content: "b", keep: true },
    ]);
  });

  it("keys whose lines are all commented out, which say nothing", async () => {
    await expect(
      project("env:\ndefaults:\nservices:\n  a:\n    command: x\n    depends_on:\n    port:\n    env:\n"),
    ).resolves.toBeDefined();
  });

  it("anchors and keys of one's own", async () => {
    const text = "x-base: &base {command: x, port: auto}\nservices: {a: {<<: *base, scheme: https, x-note: 1}}";
    expect(await service("a", text)).toMatchObject({
      command: { shell: "x" },
      scheme: "https",
      endpoints: [{ source: "auto" }],
    });
  });
});

describe("finding the manifest", () => {
  it("goes upward to the git root, and prefers services.yaml", async () => {
    await using space = await workspace({
      "services.yaml": "services: {a: x}",
      "services.yml": "services: {b: x}",
      "sub/deep/file": "",
    });
    const loaded = await space.load({ directory: join(space.directory, "sub/deep") });
    expect(loaded).toMatchObject({ ok: true, project: { root: space.directory, services: [{ name: "a" }] } });
  });

  it("stops at the git root, says what is there instead, and shows what to start from", async () => {
    await using space = await workspace({
      "services.yaml": "services: {a: x}",
      "repo/.git/x": "",
      "repo/sub/compose.yaml": "",
      "repo/sub/package.json": "",
    });
    const loaded = await space.load({ directory: join(space.directory, "repo/sub") });
    expect(loaded).toEqual({
      ok: false,
      problems: [
        {
          message: `no services.yaml in ${space.directory}/repo/sub or above it, up to ${space.directory}/repo`,
          remedy: `There is compose.yaml, package.json: its commands can become services.
A services.yaml to start from:

services:
  api:
    command: node server.js
    port: 8000            # given to it as PORT
    ready: { http: / }
  web: { command: npm run dev, port: auto, depends_on: [api] }`,
        },
      ],
    });
  });

  it("does not look above a directory that is none", async () => {
    await using space = await workspace({ "services.yaml": "services: {a: x}", file: "" });
    const { directory } = space;
    for (const [name, what] of [
      ["nope", "does not exist"],
      ["file", "is no directory"],
    ] as const) {
      expect(await space.load({ directory: join(directory, name) })).toEqual({
        ok: false,
        problems: [{ message: `${join(directory, name)} ${what}` }],
      });
    }
  });

  it("does not look above the home directory", async () => {
    await using space = await workspace({ "services.yaml": "services: {a: x}", "home/sub/file": "" });
    const home = join(space.directory, "home");
    const loaded = await space.load({ directory: join(home, "sub"), env: { HOME: home } });
    expect(loaded).toMatchObject({
      problems: [{ message: `no services.yaml in ${home}/sub or above it, up to ${home}` }],
    });
  });

  it("takes nothing from one that says nothing", async () => {
    const manifest = { "services.yaml": "services: {a: {command: x, port: 1}}" };
    for (const text of ["", "# services: {a: {port: 2}}\n", "---\n", "services:\n#  a: {port: 2}\n"]) {
      const files = { ...manifest, "services.override.yaml": text };
      expect(await service("a", files)).toMatchObject({ endpoints: [{ preferred: 1 }] });
    }
  });

  it("merges services.override.yaml by itself, and only then", async () => {
    const files = {
      "services.yaml": "services: {a: {command: x, port: 1}}",
      "services.override.yaml": "services: {a: {port: 2}}",
    };
    expect((await service("a", files)).endpoints).toMatchObject([{ preferred: 2 }]);
    expect((await service("a", files, { files: ["services.yaml"] })).endpoints).toMatchObject([{ preferred: 1 }]);
  });

  it("keeps what a probe's word says where an override adds to it", async () => {
    const files = {
      "services.yaml": `services:
  a: {command: x, port: 1, ready: none, health: none}
  b: {command: x, port: 1, ready: notify}
  c: {command: x, ports: {m: 1, n: 2}, ready: listen, health: listen}`,
      "services.override.yaml": `services:
  a: {ready: {timeout: 2s}, health: {interval: 2s}}
  b: {ready: {timeout: 2s}}
  c: {ready: {timeout: 2s}, health: {interval: 2s}}`,
    };
    const [a, b, c] = (await project(files)).services;
    const timeout = 2000;
    expect(a).toMatchObject({ ready: { probe: { kind: "none" }, timeout } });
    expect(a).not.toHaveProperty("health");
    expect(b).toMatchObject({ ready: { probe: { kind: "notify" }, timeout } });
    const probe = { kind: "listen", endpoint: "m" };
    expect(c).toMatchObject({ ready: { probe, timeout }, health: { probe, interval: 2000 } });
  });

  it("knows the names of an endpoint that `ports:` calls main", async () => {
    const a = "a: {command: [x, '${PORT}${PORT_MAIN}${A_MAIN_PORT}${A_MAIN_URL}'], ports: {main: 1, ws: 2}}";
    expect(await warnings(`services: {${a}}`)).toBe("");
    expect(await problems(`services: {${a}, a-main: {command: x, port: 3}}`)).toContain(
      "service a-main and endpoint main of a are both A_MAIN_PORT in the environment",
    );
    expect(await warnings("services: {a: {command: x, port: 1}, a-main: {command: x, ports: {main: 2}}}")).toBe("");
  });

  it("warns of a second spelling that is not read, and of an override that is a link to nothing", async () => {
    const a = "services: {a: x}";
    const both = { "services.yaml": a, "services.yml": a, "services.override.yaml": "", "services.override.yml": a };
    expect(await warnings(both)).toBe(`/project/services.yml is not read, for services.yaml is beside it
  Remove one of them, or name both: -f services.yaml -f services.yml.
/project/services.override.yml is not read, for services.override.yaml is beside it
  Remove one of them, or name both: -f services.override.yaml -f services.override.yml.`);
    expect(await warnings({ "services.yml": a, "services.override.yml": "" })).toBe("");
    expect(await warnings(both, { files: ["services.yml"] })).toBe("");
    await using space = await workspace({ "services.yaml": a });
    await symlink("services.yaml", join(space.directory, "services.yml"));
    expect(await space.load()).toMatchObject({ ok: true, warnings: [] });
    await symlink("none", join(space.directory, "services.override.yaml"));
    const message = `${space.directory}/services.override.yaml is a link to none, which does not exist, and is not read`;
    expect(await space.load()).toMatchObject({ ok: true, warnings: [{ message }] });
  });

  it("does not pass over a services.yaml that is a link to nothing", async () => {
    await using space = await workspace({ "services.yml": "services: {a: x}" });
    await symlink("none", join(space.directory, "services.yaml"));
    const message = `${space.directory}/services.yaml is a link to none, which does not exist`;
    expect(await space.load()).toMatchObject({ ok: false, problems: [{ message }] });
  });

  it("merges named files from left to right, each path relative to the file that says it", async () => {
    const files = {
      "one.yaml": "services: {a: {command: x, working_dir: w}, b: {command: y, working_dir: w}}",
      "sub/two.yaml": "services: {a: {working_dir: w, env_file: {path: e, required: false}}, b: {port: 1}}",
    };
    const { root, services, files: read } = await project(files, { files: ["one.yaml", "sub/two.yaml"] });
    expect(services.map(({ workingDir }) => workingDir)).toEqual([join(root, "sub/w"), join(root, "w")]);
    expect(services[0]?.env.ownFiles).toEqual([{ path: join(root, "sub/e"), required: false }]);
    expect(read).toEqual([join(root, "one.yaml"), join(root, "sub/two.yaml")]);
  });
});

describe("includes", () => {
  it("bring services with their own directory, defaults, variables and prefix", async () => {
    const files = {
      "services.yaml":
        "name: shop\ninclude: [billing/services.yaml]\nenv_prefix: SHOP_\nservices: {web: {command: [x, '${BILL_PAY_URL}']}}",
      "billing/services.yaml":
        "name: billing\nenv_prefix: BILL_\nenv: {A: 1}\ndefaults: {scheme: https}\nservices: {pay: {command: x, port: '${P}'}}",
      "billing/.env": "P=77",
    };
    const { name, root, services } = await project(files);
    expect(name).toBe("shop");
    expect(services).toMatchObject([
      { name: "web", exportPrefix: "SHOP_", workingDir: root, env: { manifest: {} } },
      {
        name: "pay",
        exportPrefix: "BILL_",
        scheme: "https",
        workingDir: join(root, "billing"),
        endpoints: [{ preferred: 77 }],
        env: { manifest: { A: "1" } },
      },
    ]);
  });

  it("may not go in a circle, be missing, or share a name", async () => {
    const files = {
      "services.yaml": "include: [a.yaml, none.yaml]\nservices: {x: x}",
      "a.yaml": "include: services.yaml\nservices: {x: y}",
    };
    expect(await problems(files)).toBe(`services.yaml:1:19 /project/none.yaml does not exist
  include: [a.yaml, none.yaml]
                    ^
a.yaml:1:10 manifests include one another in a circle: /project/services.yaml → /project/a.yaml → /project/services.yaml
  include: services.yaml
           ^
a.yaml:2:12 a service called x is there already, in /project/services.yaml:2
  services: {x: y}
             ^
  Names are shared by all included manifests, and nothing goes over a service of another one: rename one of them.`);
  });
});

describe("interpolation at load", () => {
  const text =
    "env: {A: '1', PATH: '${PATH}:x'}\nservices: {a: {command: x, env: {A: '2', OWN: '${A}0'}, port: '8${V}', label: '${A}-${OWN}-${E}-${PATH}', enabled: '${ON:-true}'}}";

  it("takes the first of service, manifest, process, service's files, manifest's files", async () => {
    const files = { "services.yaml": text, ".env": "V=1\nE=dotenv" };
    expect(await service("a", files, { env: { V: "2", PATH: "/bin", A: "3" } })).toMatchObject({
      label: "2-20-dotenv-/bin:x",
      endpoints: [{ preferred: 82 }],
      enabled: true,
    });
    expect(await service("a", files, { env: { PATH: "/bin" } })).toMatchObject({ endpoints: [{ preferred: 81 }] });
  });

  it("reads .env only when it is wanted", async () => {
    const files = { "services.yaml": "services: {a: {command: x, label: 'l${E:-none}'}}", ".env": "E=some" };
    expect((await service("a", files)).label).toBe("lsome");
    const without = await service("a", files, { dotenv: false });
    expect(without.label).toBe("lnone");
    expect(without.env.manifestFiles).toEqual([]);
  });

  it("cannot break the file, whatever a variable holds", async () => {
    const a = await service("a", "services: {a: {command: x, label: '${V}'}}", { env: { V: '"}]: - #\n&x *y' } });
    expect(a.label).toBe('"}]: - #\n&x *y');
  });

  it("leaves what is rendered later as it is written", async () => {
    const files =
      "services: {a: {command: 'p $PORT $$ ${X%y}', port: 1, env: {U: 'http://${HOST_NAME:-h}:${PORT}'}, files: {f: '${NOW} ${A_PORT}'}}}";
    expect(await service("a", files)).toMatchObject({
      command: { shell: "p $PORT $$ ${X%y}" },
      env: { own: { U: "http://${HOST_NAME:-h}:${PORT}" } },
      files: [{ content: "${NOW} ${A_PORT}" }],
    });
  });

  it("warns of names that only the process will have, and says how it gets at them", async () => {
    const text = await warnings("services: {a: {command: [sh, -c, 'echo >&$NOTIFY_FD'], env: {R: '${LAUNCH_RUN}'}}}");
    expect(text).toContain("1:34 NOTIFY_FD is set only in the process, and here becomes empty");
    expect(text).toContain("Write $$NOTIFY_FD, and whatever shell runs there will read it.");
    expect(text).toContain("LAUNCH_RUN is set only in the process");
  });

  it("warns of names that are not set, at their place", async () => {
    expect(await warnings("services: {a: {command: [x, '${NOPE}', '${OK:-}', '${A_URL}'], port: 1}}")).toBe(
      `services.yaml:1:29 NOPE is not set and becomes empty
  services: {a: {command: [x, '\${NOPE}', '\${OK:-}', '\${A_URL}'], port: 1}}
                              ^
  Set it, or write \${NOPE:-} to say that empty is meant.`,
    );
  });
});
