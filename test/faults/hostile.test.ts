// Faults 41 to 47: a checkout, a neighbour on the machine and a program that mean no good.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { dialSession } from "../../src/client/session.ts";
import { jsonText } from "../../src/core/sanitize.ts";
import { launch } from "../helpers/launch.ts";
import { newProject, type TestProject } from "../helpers/project.ts";
import { freePort } from "../integration/ports/strangers.ts";
import { until } from "../helpers/wait.ts";
import { fault } from "./fault.ts";

/** A directory that is none of the project's, with one precious file. */
function newElsewhere(): Disposable & { readonly path: string; isUntouched(): boolean } {
  const path = mkdtempSync(join(tmpdir(), "launch-elsewhere-"));
  execFileSync("sh", ["-c", "echo precious >rc"], { cwd: path });
  return {
    path,
    isUntouched: () => readdirSync(path).join() === "rc" && readFileSync(join(path, "rc"), "utf8") === "precious\n",
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

function link(project: TestProject, name: string, target: string): void {
  mkdirSync(dirname(project.path(name)), { recursive: true });
  symlinkSync(target, project.path(name));
}

const shop = { services: { api: { type: "task", command: "echo served" } } };

fault(41, async () => {
  // Each is a link in the checkout, and whether the run is refused for it.
  const links: readonly (readonly [name: string, target: string, refused: boolean])[] = [
    [".launch", "", true],
    [".launch/logs", "", true],
    [".launch/logs/api.log", "/log", true],
    [".launch/logs/api.log", "/rc", true],
    [".launch/logs/api.times", "/times", false],
    [".launch/.gitignore", "/rc", false],
    [".launch/run.json", "/run", false],
    [".launch/run.json.new", "/run", false],
    [".launch/state.json", "/rc", false],
    [".launch/state.json.new", "/state", false],
    [".launch/state.json.soon", "/state", false],
    [".launch/engine.log", "/rc", false],
    [".launch/control.sock", "/sock", false],
  ];
  for (const [name, target, refused] of links) {
    await using project = newProject(shop);
    using elsewhere = newElsewhere();
    link(project, name, elsewhere.path + target);
    const { code, stdout, stderr } = await launch(project, ["--non-interactive"]);
    expect([name, target, elsewhere.isUntouched()]).toEqual([name, target, true]);
    expect([name, code === 0]).toEqual([name, !refused]);
    if (refused) expect([name, stdout + stderr]).toEqual([name, expect.stringContaining("is a symbolic link")]);
  }

  // The state of a run of another name, and what only a run in the background has.
  await using other = newProject(shop);
  using place = newElsewhere();
  link(other, ".launch/beside", place.path);
  const beside = await launch(other, ["--non-interactive", "--instance", "beside"]);
  expect(beside.stderr).toContain("beside is a symbolic link");
  expect(place.isUntouched()).toBe(true);

  // In files: a link to above, one that a task makes, and one in the place of the file itself.
  const files = { "link/made.conf": "x" };
  const making = { type: "task", command: `ln -s "$TARGET" link` };
  for (const [before, needs] of [
    ["link", {}],
    ["", { first: making }],
    ["link/made.conf", {}],
  ] as const) {
    using elsewhere = newElsewhere();
    const api = { ...shop.services.api, files, depends_on: Object.keys(needs) };
    await using project = newProject({ env: { TARGET: elsewhere.path }, services: { api, ...needs } });
    if (before !== "") link(project, before, before === "link" ? elsewhere.path : join(elsewhere.path, "rc"));
    const { code, stdout, stderr } = await launch(project, ["--non-interactive"]);
    expect([before, code, elsewhere.isUntouched()]).toEqual([before, 1, true]);
    expect([before, stdout + stderr]).toEqual([before, expect.stringContaining("symbolic link")]);
  }

  // A report, and logs that a task has put elsewhere.
  await using late = newProject({
    services: {
      first: { type: "task", command: `rm -r .launch/logs && ln -s "$TARGET" .launch/logs` },
      api: { ...shop.services.api, depends_on: ["first"] },
    },
  });
  using away = newElsewhere();
  link(late, "reports", away.path);
  const args = ["--non-interactive", "--report", "reports/launch.xml"];
  const { code, stdout, stderr } = await launch(late, args, { env: { TARGET: away.path } });
  expect(code).toBe(1);
  expect(stdout).toContain("logs is a symbolic link");
  expect(stderr).toContain("leads out of the project");
  expect(away.isUntouched()).toBe(true);

  // Ours and closed to others, also where git or an older launch made it; a root and a named directory may be links.
  await using usual = newProject(shop);
  mkdirSync(usual.path(".launch/logs"), { recursive: true });
  for (const name of [".launch", ".launch/logs"]) chmodSync(usual.path(name), 0o777);
  using roots = newElsewhere();
  const byLink = join(roots.path, "shop");
  symlinkSync(usual.directory, byLink);
  const env = { LAUNCH_STATE_DIR: usual.path("named") };
  mkdirSync(usual.path("real"));
  link(usual, "named", "real");
  for (const around of [{ cwd: byLink }, { env }]) {
    const started = await launch(usual, ["--non-interactive", "-C", byLink], around);
    expect([started.stderr, started.code]).toEqual(["", 0]);
  }
  expect(statSync(usual.path(".launch")).mode & 0o777).toBe(0o700);
  expect(statSync(usual.path(".launch/logs")).mode & 0o777).toBe(0o700);
  expect(usual.has("real/logs/api.log")).toBe(true);
});

// As a person at a terminal would be hit by them: the clipboard, a title, the cursor, colours, C1 controls, turned text.
const nasty = "x\u001b]52;c;aGFja2Vk\u0007\u001b[2J\u001b[8m\u009b31m\u202e\u007fy";
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

fault(42, async () => {
  const probe = { exec: ["false", nasty], interval: "50ms", timeout: "60s" };
  const manifest = {
    env: { NAMED: nasty },
    services: {
      api: { command: [nasty, nasty], description: nasty, label: nasty, version: nasty, working_dir: "." },
      bad: { command: "exec sleep 1000", description: nasty, ready: { log: nasty.replaceAll(/[[\]]/g, "") } },
      log: { type: "task", command: ["printf", "%s\\n", nasty] },
      late: { command: "exec sleep 1000", depends_on: { bad: "started" }, ready: probe },
      off: { command: ["true"], working_dir: nasty },
    },
  };
  // As JSON that YAML takes as well.
  await using project = newProject(jsonText(manifest));
  const again = { "-f": `${nasty}.yaml`, "--profile": nasty };
  const named = Object.entries(again).map(([option, value]) => [option, value, "status"]);
  const asked = [
    ["--check-only"],
    ["--check-only", "--json"],
    ["-d", "--on-failure", "continue"],
    ["status"],
    ["status", "--json"],
    ["why", "api", "--json"],
    ["why", nasty],
    ["start", "api"],
    ["restart", nasty],
    ["graph"],
    ["graph", "--json"],
    ["ports", "--json"],
    ["conflicts"],
    ["env"],
    ["logs"],
    ["logs", "--json"],
    [nasty],
    [`--${nasty}`],
    ["--instance", nasty, "status"],
    ...named,
    ["down"],
    ["down"],
    ["--non-interactive", "--timeout", "1s"],
    ["--non-interactive", "--json", "--timeout", "1s"],
    ["run", "log", "--", nasty],
  ];
  for (const args of asked) {
    const { stdout, stderr } = await launch(project, args);
    expect([args, stdout + stderr]).toEqual([args, expect.not.stringMatching(controls)]);
    if (args[0] === "start") expect(stderr).toContain("command not found: x␛]52;c;aGFja2Vk␇␛[2J");
  }
  project.write("services.yaml", `services: { "${nasty}": { command: "${nasty}", ${nasty}: 1 } }\n`);
  for (const args of [["--check-only"], ["--check-only", "--json"], ["status"], ["logs"]]) {
    const { stdout, stderr } = await launch(project, args);
    expect([args, stdout + stderr]).toEqual([args, expect.not.stringMatching(controls)]);
  }
});

/** A connection that says this and has no more to say; what it hears is kept. */
async function begin(path: string, words: string): Promise<{ readonly socket: Socket; heard(): string }> {
  const socket = connect(path);
  let heard = "";
  socket.on("data", (data) => (heard += data)).on("error", () => {});
  // All of it is there, or the other side has had enough.
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once("close", resolve);
  socket.write(words, () => resolve());
  await promise;
  return { socket, heard: () => heard };
}

fault(43, async () => {
  await using project = newProject({ services: { api: { command: "exec sleep 1000" } } });
  const first = await launch(project, ["-d", "--wait"]);
  const engine = Number(/\(pid (\d+)\)/.exec(first.stdout)?.[1]);
  const path = project.path(".launch/control.sock");
  const opened: Awaited<ReturnType<typeof begin>>[] = [];
  try {
    await using watching = await dialSession(project.path(".launch"));
    // Lines without an end, as long as one may be.
    const line = `{"type": "${"x".repeat(4 * 2 ** 20 - 100)}`;
    opened.push(...(await Promise.all(Array.from({ length: 300 }, () => begin(path, line)))));
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${engine}/status`, "utf8"))?.[1];
    expect(Number(peak) / 1024).toBeLessThan(350);
    expect(opened.some(({ heard }) => heard().includes("too long lines"))).toBe(true);
    for (const { socket } of opened.splice(0)) socket.destroy();

    // As many faces as there may be, who say nothing: one more is told, and whoever was there goes on.
    opened.push(...(await Promise.all(Array.from({ length: 200 }, () => begin(path, "")))));
    const refused = await launch(project, ["status"]);
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining("128 faces already")]);
    expect(await watching?.details("api")).toMatchObject({ workingDir: project.directory });
    for (const { socket } of opened.splice(0)) socket.destroy();
    await until("room for a face", async () => (await launch(project, ["status"])).code === 0);
  } finally {
    for (const { socket } of opened) socket.destroy();
    await launch(project, ["down"]);
  }
});

fault(44, async () => {
  const evil = "x;touch pwned";
  const needed = (what: object) => ({ services: { api: { command: "true", port: "dynamic", ...what } } });
  // What stands in the URLs of others has an alphabet.
  const refused: readonly (readonly [object, string])[] = [
    [needed({ host: evil }), "must be a host name or an IP address"],
    [needed({ host: "$$(touch pwned)" }), "must be a host name or an IP address"],
    [needed({ host: "[::1]" }), "must be a host name or an IP address"],
    [needed({ host: "-x" }), "must be a host name or an IP address"],
    [needed({ scheme: evil }), "must be letters, digits"],
    [needed({ port: { protocol: "`touch pwned`" } }), "must be letters, digits"],
    [{ ...needed({}), name: evil }, "must be lower-case letters"],
    [{ ...needed({}), env_prefix: evil }, "must be letters"],
    // The system ends every name and argument at a NUL.
    [needed({ files: { "a\0b": "x" } }), "a NUL character"],
    [needed({ files: { a: "x\0" } }), "a NUL character"],
    [needed({ command: "true\0" }), "a NUL character"],
    [needed({ command: ["true", "a\0b"] }), "a NUL character"],
    [needed({ env: { A: "\0" } }), "a NUL character"],
    [needed({ working_dir: "\0" }), "a NUL character"],
    [needed({ ready: { exec: ["true", "\0"] } }), "a NUL character"],
    [{ ...needed({}), env_file: "\0" }, "a NUL character"],
    [{ ...needed({}), include: "\0" }, "a NUL character"],
  ];
  for (const [manifest, words] of refused) {
    await using project = newProject(jsonText(manifest));
    const { code, stdout, stderr } = await launch(project, ["--check-only"]);
    expect([code, stdout, stderr]).toEqual([
      2,
      "",
      expect.stringMatching(new RegExp(`services.yaml:1:\\d+ .*${words}`)),
    ]);
  }

  // What a service says itself, under a name of launch's, is left to the shell, which takes it for text.
  const command = 'printf "%s\\n" ${API_HOST} "${API_URL}" ${PORT}x; exit 0';
  const env = { API_HOST: evil, API_URL: "$$(touch pwned)", PORT: "1`touch pwned`" };
  await using project = newProject({
    services: {
      api: { command: "serve.js", port: "dynamic" },
      web: { type: "task", command, env, depends_on: ["api"], stop: { command } },
    },
  });
  const { code, stdout } = await launch(project, ["run", "web", "--", "true"]);
  expect([code, stdout]).toEqual([0, ""]);
  expect(project.read(".launch/logs/web.log").split("\n")).toEqual([
    "x;touch",
    "pwned",
    "$(touch pwned)",
    "1`touch",
    "pwned`x",
    "",
  ]);
  expect(project.has("pwned")).toBe(false);
});

/** Another user's process that has these abstract names. */
async function squat(names: readonly string[]): Promise<AsyncDisposable> {
  const script = `const net = require("node:net"); let left = ${names.length};
    for (const name of ${JSON.stringify(names)}) net.createServer().listen("\\0" + name, () => --left || console.log("there"))`;
  const [file, ...args] = ["setpriv", "--reuid=31999", "--clear-groups", "--", process.execPath, "-e", script];
  const child = spawn(file, args, { cwd: "/", stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

fault(45, async () => {
  await using project = newProject({ services: { api: { command: "exec sleep 1000" } } });
  const start = ["-d", "--wait"];
  expect((await launch(project, start)).code).toBe(0);
  const end = Buffer.from(realpathSync(project.path(".launch")))
    .subarray(-32)
    .toString("hex");
  const lock = readFileSync("/proc/net/unix", "latin1").match(new RegExp(`launch-instance-\\S+-${end}$`, "m"))?.[0];
  expect((await launch(project, ["down"])).code).toBe(0);

  // The lock of the project under a name that everybody can take.
  const squatter = await squat([lock ?? ""]);
  try {
    expect(await launch(project, start)).toMatchObject({ code: 0, stderr: "" });
    const again = await launch(project, ["--non-interactive"]);
    expect([again.code, again.stderr]).not.toEqual([0, ""]);
    expect(again.stderr).toMatch(/already runs here \(pid \d+\)/);
    await squatter[Symbol.asyncDispose]();
    expect((await launch(project, ["--non-interactive"])).stderr).toMatch(/already runs here/);
    expect((await launch(project, ["status"])).stdout).toMatch(/api +ready/);
  } finally {
    await squatter[Symbol.asyncDispose]();
    await launch(project, ["down"]);
  }
  expect(await launch(project, start)).toMatchObject({ code: 0, stderr: "" });
  await launch(project, ["down"]);

  // A lease of a port, and a state directory.
  const port = await freePort();
  project.write(
    "services.yaml",
    `services: { api: { command: serve.js, port: { preferred: ${port}, fixed: true } } }\n`,
  );
  await using _leased = await squat([`launch-port-${port}`]);
  const checked = await launch(project, ["--check-only"]);
  expect(checked.stdout).toContain("leased by user 31999");
  chownSync(project.path(".launch"), 31_999, 31_999);
  for (const args of [start, ["status"], ["logs"], ["down"], ["env"], ["ports"], ["--check-only"]]) {
    const { code, stdout, stderr } = await launch(project, args);
    expect([args, code]).toEqual([args, 2]);
    expect([args, stdout + stderr]).toEqual([
      args,
      expect.stringContaining(".launch belongs to user 31999, not to user"),
    ]);
  }
});

fault(46, async () => {
  // In the place of each file something else that a careless reader would wait for, or read for ever.
  const things: Readonly<Record<string, string>> = {
    "a named pipe": 'mkfifo "$1"',
    "a directory": 'mkdir "$1"',
    "a device": 'ln -s /dev/zero "$1"',
    "a socket": `perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack("Sa*", AF_UNIX, shift)) or die' "$1"`,
  };
  // Where it stands, the arguments, and whether it is refused for it; what is only remembered or looked up is done without.
  const places: readonly (readonly [name: string, args: readonly string[], refused: boolean])[] = [
    ["services.yaml", ["--check-only"], true],
    ["services.override.yaml", ["--check-only"], true],
    ["more.yaml", ["--check-only"], true],
    ["named.yaml", ["--check-only", "-f", "named.yaml"], true],
    [".env", ["--check-only"], true],
    [".config/launch/config.yaml", ["--plain"], false],
    ["made.conf", ["--non-interactive"], true],
    [".launch", ["--non-interactive"], true],
    [".launch/logs", ["--non-interactive"], true],
    [".launch/logs/api.log", ["--non-interactive"], true],
    [".launch/logs/api.log", ["logs"], false],
    [".launch/logs/api.1.log", ["logs"], false],
    [".launch/logs/api.times", ["--non-interactive"], false],
    [".launch/run.json", ["status"], true],
    [".launch/run.json", ["--non-interactive"], false],
    [".launch/state.json", ["--non-interactive"], false],
    [".launch/control.sock", ["status"], true],
    [".launch/instance.lease", ["--non-interactive"], false],
  ];
  const isDirectory = new Set([".launch", ".launch/logs"]);
  const tries = places.flatMap(([place, args, refused]) =>
    Object.keys(things).map((thing) => ({ place, args, refused, thing })),
  );
  const attempt = async ({ place, args, refused, thing }: (typeof tries)[number]): Promise<readonly string[]> => {
    const api = { ...shop.services.api, files: { "made.conf": "x" } };
    await using project = newProject(
      { include: "more.yaml", services: { api } },
      { "more.yaml": "services: { more: { type: task, command: 'true' } }\n" },
    );
    mkdirSync(dirname(project.path(place)), { recursive: true });
    rmSync(project.path(place), { force: true });
    execFileSync("sh", ["-c", things[thing] ?? "", "sh", place], { cwd: project.directory });
    const { code, stdout, stderr } = await launch(project, args);
    const said = `${place} as ${thing}: ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`;
    return (code === 0) === refused || /\n +at /.test(said) ? [said] : [];
  };
  const wrong: string[] = [];
  // A pipe that nobody writes into is waited for: many at a time, so that they wait together.
  const left = tries.filter(({ place, thing }) => !(thing === "a directory" && isDirectory.has(place)));
  while (left.length > 0) wrong.push(...(await Promise.all(left.splice(0, 6).map(attempt))).flat());
  expect(wrong).toEqual([]);
});
