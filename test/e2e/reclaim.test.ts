// A run in the background whose engine is killed goes on; every other run ends with its engine.

import { spawn } from "node:child_process";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { RunRecord } from "../../src/effects/state/state.ts";
import { bin, launch, startLaunch } from "../helpers/launch.ts";
import { isAlive, killBeforeGuard, stateOf } from "../helpers/processes.ts";
import { newProject, type Manifest, type TestProject } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";

/** A project whose background run is stopped when the test is over, however it ends. */
function newShop(services: Readonly<Record<string, unknown>>, more: Omit<Exclude<Manifest, string>, "services"> = {}) {
  const project = newProject({ name: "shop", services, ...more });
  onTestFinished(async () => {
    await launch(project, ["down"]);
    await project[Symbol.asyncDispose]();
  });
  return project;
}

interface Status {
  readonly pid: number;
  readonly up: boolean;
  readonly services: readonly {
    readonly name: string;
    readonly phase: string;
    readonly pid: number | null;
    readonly restarts: number;
    readonly ports: Readonly<Record<string, number>>;
    readonly why: string;
  }[];
}

async function statusOf(project: TestProject): Promise<Status> {
  const { stdout, stderr } = await launch(project, ["status", "--json"]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Status;
}

function states({ services }: Status): readonly string[] {
  return services.map(({ name, phase }) => `${name} ${phase}`);
}

function recordOf(project: TestProject): RunRecord {
  return (JSON.parse(project.read(".launch/state.json")) as { state: { run: RunRecord } }).state.run;
}

/** Kills the engine alone; resolves with the status once another answers. */
async function killEngine(project: TestProject, pid: number): Promise<Status> {
  process.kill(pid, "SIGKILL");
  await until("another engine", () => {
    const { engine } = recordOf(project);
    return engine.pid !== pid && isAlive(engine.pid);
  });
  await until("what was up to be ready again", async () => (await statusOf(project)).up);
  return statusOf(project);
}

test("a run in the background survives its engine: the same processes, ports and no refused connection", async () => {
  const project = newShop({
    web: { command: "serve.js", port: "auto" },
    log: { command: "echo up; exec sleep 1000", ready: { log: "^up$" }, depends_on: ["web"] },
    once: { type: "task", command: "echo done" },
  });
  await launch(project, ["-d", "--wait"]);
  const before = await statusOf(project);
  const port = before.services[0]!.ports["main"]!;
  let refused = 0;
  let answered = 0;
  const over = new AbortController();
  const knocking = (async () => {
    while (!over.signal.aborted) await knock(port).then((isOpen) => void (isOpen ? answered++ : refused++));
  })();
  const after = await killEngine(project, before.pid);
  over.abort();
  await knocking;
  expect(after.pid).not.toBe(before.pid);
  expect(after.services.map(({ name, pid }) => [name, pid])).toEqual(
    before.services.map(({ name, pid }) => [name, pid]),
  );
  expect(states(after)).toEqual(["web ready", "log ready", "once exited"]);
  expect(after.services[0]!.ports).toEqual(before.services[0]!.ports);
  expect(answered).toBeGreaterThan(0);
  expect(refused).toBe(0);

  expect((await launch(project, ["status"])).stdout).toMatch(
    /The engine had died and was started again .* ago; the services went on\./,
  );
  const down = await launch(project, ["down"]);
  expect(down.stdout).toMatch(/^shop stopped after /);
  expect(project.processes()).toEqual([]);
  expect(project.has(".launch/ends")).toBe(false);
});

test("the exit code of a service that ended while no engine lived is the true one, and its policy is followed", async () => {
  const project = newShop({
    seven: { command: "while ! [ -e end7 ]; do sleep 0.02; done; exit 7", restart: "no" },
    again: { command: "while ! [ -e end ]; do sleep 0.02; done; rm end; exit 3", restart: "on-failure" },
    good: { command: "while ! [ -e good ]; do sleep 0.02; done", restart: "no" },
  });
  await launch(project, ["-d", "--wait"]);
  const before = await statusOf(project);
  // No successor comes before its predecessor is gone: it is stopped on the way.
  const { guard } = recordOf(project);
  killBeforeGuard(before.pid, guard!.pid);
  for (const file of ["end7", "end", "good"]) project.write(file, "");
  await until("three ends", () =>
    ["seven.1", "again.1", "good.1"].every((file) => project.has(`.launch/ends/${file}`)),
  );
  process.kill(guard!.pid, "SIGCONT");
  await until("the next run of what is started again", async () =>
    states(await statusOf(project)).includes("again ready"),
  );
  const after = await statusOf(project);
  expect(states(after)).toEqual(["seven failed", "again ready", "good exited"]);
  expect(after.services[0]!.why).toContain("exit code 7");
  expect(after.services[1]!.restarts).toBe(1);
  expect(project.has(".launch/ends/seven.1")).toBe(false);
});

test("what ends after the engine was replaced is noticed, and started again by its policy", async () => {
  const project = newShop({ web: { command: "serve.js", port: "auto" } });
  await launch(project, ["-d", "--wait"]);
  const before = await killEngine(project, (await statusOf(project)).pid);
  process.kill(before.services[0]!.pid!, "SIGKILL");
  await until("a new run", async () => {
    const { services } = await statusOf(project);
    return services[0]!.phase === "ready" && services[0]!.pid !== before.services[0]!.pid;
  });
  const after = await statusOf(project);
  expect(after.services[0]!.ports).toEqual(before.services[0]!.ports);
  expect(after.services[0]!.restarts).toBe(1);
});

test("an input that is open stays so when the engine dies", async () => {
  const project = newShop({ reader: { command: "cat; touch ended", stdin: "open" } });
  await launch(project, ["-d", "--wait"]);
  const before = await statusOf(project);
  const after = await killEngine(project, before.pid);
  expect(after.services[0]!.pid).toBe(before.services[0]!.pid);
  expect(project.has("ended")).toBe(false);
});

test("a successor that is killed before or after it has taken over: nothing is left, or one engine with all services", async () => {
  let ended = 0;
  for (const pause of [0, 80, 140, 200, 300]) {
    const project = newShop({
      web: { command: "serve.js", port: "auto" },
      daemon: { command: "(setsid env -i sleep 1000 &); echo out; exec sleep 1000", ready: { log: "out" } },
    });
    await launch(project, ["-d", "--wait"]);
    const { pid } = await statusOf(project);
    const successors = (): readonly number[] =>
      project.processes().flatMap((one) => {
        const isOne = one.command.includes("--reclaim") && !one.command.includes("launch-guard");
        return isOne ? [one.pid] : [];
      });
    process.kill(pid, "SIGKILL");
    await until("a successor", () => successors().length > 0);
    const [first = 0] = successors();
    await new Promise((resolve) => setTimeout(resolve, pause));
    process.kill(first, "SIGKILL");
    const isOver = (): boolean => project.processes().length === 0;
    const isGoingOn = async (): Promise<boolean> => {
      const [engine, ...others] = successors();
      if (engine === undefined || engine === first || others.length > 0) return false;
      const { stdout } = await launch(project, ["status", "--json"]);
      return stdout !== "" && (JSON.parse(stdout) as Status).up;
    };
    await until(
      "an end, or another engine",
      async () => isOver() || (await isGoingOn()),
      () => JSON.stringify(project.processes()),
    );
    if (isOver()) {
      ended++;
      continue;
    }
    const commands = project.processes().map(({ command }) => command);
    expect(commands.filter((command) => command.startsWith("node") && command.includes("serve.js"))).toHaveLength(1);
    expect(commands.filter((command) => command.includes("launch-guard"))).toHaveLength(1);
    await launch(project, ["down"]);
    expect(project.processes()).toEqual([]);
  }
  expect(ended).toBeGreaterThan(0);
});

test("a service that stood still when the engine died goes on", async () => {
  const project = newShop({ api: { command: "while :; do sleep 0.02; date +%s%N >tick; done" } });
  await launch(project, ["-d", "--wait"]);
  const before = await statusOf(project);
  const group = before.services[0]!.pid!;
  // As the engine itself does for a moment where a log has to be emptied.
  process.kill(-group, "SIGSTOP");
  await until("the service to stand still", () => stateOf(group) === "T");
  const after = await killEngine(project, before.pid);
  expect(after.services[0]!.pid).toBe(group);
  const tick = project.read("tick");
  await until("the service to go on", () => project.has("tick") && !["", tick].includes(project.read("tick")));
});

test("a log probe reads on where its run began: a line of the run before is none, one that came while no engine lived is", async () => {
  const project = newShop({
    api: {
      command:
        "if test -e again; then echo begun; until test -e go; do sleep 0.02; done; fi; echo up; touch again; exec sleep 1000",
      ready: { log: "^up$" },
    },
  });
  await launch(project, ["-d", "--wait"]);
  await launch(project, ["restart", "api", "--no-wait"]);
  await until("the next run", async () => (await statusOf(project)).services[0]!.phase === "started");
  const before = await statusOf(project);
  process.kill(before.pid, "SIGKILL");
  await until("another engine", () => {
    const { engine } = recordOf(project);
    return engine.pid !== before.pid && isAlive(engine.pid);
  });
  expect(states(await statusOf(project))).toEqual(["api started"]);

  const { engine, guard } = recordOf(project);
  killBeforeGuard(engine.pid, guard!.pid);
  project.write("go", "");
  await until("the line", () => project.read(".launch/logs/api.log").endsWith("begun\nup\n"));
  process.kill(guard!.pid, "SIGCONT");
  await until("the service to be ready", async () => states(await statusOf(project)).includes("api ready"));
  expect((await statusOf(project)).services[0]!.pid).toBe(before.services[0]!.pid);
});

test("a service in the middle of a restart when the engine dies is started again by the next one", async () => {
  const project = newShop({
    api: {
      command:
        "trap 'touch asked; until test -e go; do sleep 0.02; done; exit 0' TERM; touch up; while :; do sleep 0.02; done",
      stop: { timeout: "10m" },
    },
  });
  await launch(project, ["-d", "--wait"]);
  await until("its trap", () => project.has("up"));
  const before = await statusOf(project);
  await launch(project, ["restart", "api", "--no-wait"]);
  await until("it to be asked to end", () => project.has("asked"));
  await until("that to be written down", () => recordOf(project).services["api"]!.bounce);
  process.kill(before.pid, "SIGKILL");
  await until("another engine", () => {
    const { engine } = recordOf(project);
    return engine.pid !== before.pid && isAlive(engine.pid);
  });
  project.write("go", "");
  await until("the next run", async () => {
    const [api] = (await statusOf(project)).services;
    return api!.phase === "ready" && api!.pid !== before.services[0]!.pid;
  });
});

test("an engine that dies for the fourth time within a minute is given up, and everything is ended", async () => {
  const project = newShop({ web: { command: "serve.js", port: "auto" } });
  await launch(project, ["-d", "--wait"]);
  let { pid } = await statusOf(project);
  for (let death = 0; death < 3; death++) ({ pid } = await killEngine(project, pid));
  process.kill(pid, "SIGKILL");
  await until("the end of everything", () => project.processes().length === 0);
  expect(project.read(".launch/engine.log")).toContain("It has died 4 times within a minute");
  expect((await launch(project, ["status"])).code).toBe(4);
});

test("a run that was watched goes on without its engine once it was left, and ends with it before", async () => {
  for (const isLeft of [true, false]) {
    const project = newShop({ web: { command: "serve.js", port: "auto" } });
    const engine = spawn(process.execPath, [bin, "--engine"], {
      cwd: project.directory,
      env: project.env,
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    const lifeline = engine.stdio[3] as Duplex;
    lifeline.on("error", () => {});
    lifeline.write(`${JSON.stringify({ kind: "watched", colors: false })}\n`);
    await until("the service", async () => (await launch(project, ["status"])).stdout.includes("ready"));
    if (isLeft) lifeline.write(`${JSON.stringify({ type: "ask", id: 1, question: { kind: "detach" } })}\n`);
    await until("its record", () => recordOf(project).onDeath === (isLeft ? "reclaim" : "end"));
    const before = await statusOf(project);
    if (isLeft) {
      const after = await killEngine(project, engine.pid!);
      expect(after.services[0]!.pid).toBe(before.services[0]!.pid);
    } else {
      process.kill(engine.pid!, "SIGKILL");
      await until("the end of everything", () => project.processes().length === 0);
      expect((await launch(project, ["status"])).code).toBe(4);
    }
    lifeline.destroy();
  }
});

test("launch down of a run whose engine died a moment ago waits for the next one and ends all", async () => {
  const project = newShop({ web: { command: "serve.js", port: "auto" } });
  await launch(project, ["-d", "--wait"]);
  process.kill((await statusOf(project)).pid, "SIGKILL");
  expect((await launch(project, ["down"])).stdout).toMatch(/^shop stopped after /);
  expect(project.processes()).toEqual([]);
});

test.each([
  ["whole", 1],
  ["torn", 0.6],
])("engine and guard killed together, the state %s: the next launch ends what they left", async (_, part) => {
  const project = newShop({
    web: { command: "serve.js", port: "auto" },
    away: { command: "setsid sh -c 'env -i sleep 1000 & exec sleep 1000' & exec sleep 1000" },
  });
  await launch(project, ["-d", "--wait"]);
  const before = recordOf(project);
  // Stopped, it cannot start another guard.
  process.kill(before.engine.pid, "SIGSTOP");
  process.kill(before.guard!.pid, "SIGKILL");
  process.kill(before.engine.pid, "SIGKILL");
  await until("both to be gone", () => !isAlive(before.engine.pid) && !isAlive(before.guard!.pid));
  const isForkServer = ({ command }: { readonly command: string }): boolean => command === "launch-fork-server";
  await until("what began the services to be gone", () => !project.processes().some(isForkServer));
  const state = project.read(".launch/state.json");
  project.write(".launch/state.json", state.slice(0, state.length * part));
  const former = project.processes().map(({ pid }) => pid);
  for (const command of ["--check-only", "status", "conflicts"]) {
    const told = await launch(project, [command]);
    expect(told.stdout + told.stderr).toMatch(
      /was killed and left \d+ processes; launch down ends them, and so does the next launch/,
    );
  }
  expect(former.filter(isAlive)).toEqual(former);

  await using next = startLaunch(project, ["--non-interactive"]);
  await until("the next run", () => next.stdout().includes("ready"));
  expect(next.stdout()).toContain("left by a run that was killed and was ended");
  expect(former.filter(isAlive)).toEqual([]);
  expect(recordOf(project).services["web"]!.run).toBe(1);
  expect(recordOf(project).services["web"]!.ports).toEqual(before.services["web"]!.ports);
  await next.end("SIGTERM");
});

test("a run in the foreground ends with its engine, and the next one has nothing to end", async () => {
  const project = newShop({ web: { command: "serve.js", port: "auto" } });
  const going = startLaunch(project, ["--non-interactive"]);
  await until("the run", () => going.stdout().includes("ready"));
  going.signal("SIGKILL");
  await until("the end of everything", () => project.processes().length === 0);
  await using next = startLaunch(project, ["--non-interactive"]);
  await until("the next run", () => next.stdout().includes("ready"));
  expect(next.stdout()).not.toContain("left by a run");
  await next.end("SIGTERM");
});

/** True when somebody takes the connection. */
function knock(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
