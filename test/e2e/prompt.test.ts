// The questions about port conflicts, asked and answered in a terminal.

import { userInfo } from "node:os";
import { describe, expect, test } from "vitest";
import { isAlive } from "../helpers/processes.ts";
import { newProject, type TestProject } from "../helpers/project.ts";
import { ctrlC, startTerminal, type Terminal } from "../helpers/terminal.ts";
import { until } from "../helpers/wait.ts";
import { freePort, freePorts, startListener, startNode, type Stranger } from "../integration/ports/strangers.ts";

/** A project whose `api` wants a port that a stranger has, and the terminal that asks about it. */
async function startContested(): Promise<
  AsyncDisposable & {
    readonly port: number;
    readonly stranger: Stranger;
    readonly project: TestProject;
    readonly terminal: Terminal;
  }
> {
  const things = new AsyncDisposableStack();
  const stranger = things.use(await startListener("127.0.0.1"));
  const { port } = stranger;
  // A pool of its own: what is offered stays free while the question stands.
  const [from] = await freePorts(4);
  const services = { api: { command: "serve.js", port } };
  const project = things.use(newProject({ services, port_pool: { range: `${from}-${from! + 3}` } }));
  const terminal = things.use(startTerminal(project));
  return { port, stranger, project, terminal, [Symbol.asyncDispose]: () => things.disposeAsync() };
}

async function endByCtrlC(terminal: Terminal): Promise<number> {
  terminal.type(ctrlC);
  return terminal.ended;
}

test.concurrent("the question shows who holds the port, since when, where, whose, and every choice", async () => {
  await using contested = await startContested();
  const { port, stranger, terminal } = contested;
  await terminal.asked();
  const shown = terminal.shown();
  expect(shown).toContain(`api wants port ${port}, which is held by node (pid ${stranger.pid}, "`);
  expect(shown).toContain(`user ${userInfo().username} · for `);
  expect(shown).toMatch(/ · for \d+(\.\d)?(ms|s) · in \//);
  expect(shown).toContain(`in ${process.cwd()}`);
  const choices = [...shown.matchAll(/^ {2}\d {2}(\w+) /gm)].map(([, choice]) => choice);
  expect(choices).toEqual(["next", "kill", "adopt", "wait", "skip", "quit"]);
  terminal.type("6\n");
  expect(await terminal.ended).toBe(3);
});

describe("each choice does what it says", () => {
  test.concurrent("next takes the port that was shown", async () => {
    await using contested = await startContested();
    const { port, stranger, terminal } = contested;
    await terminal.asked();
    const next = Number(/take (\d+) instead/.exec(terminal.shown())?.[1]);
    terminal.type("1\n");
    await terminal.sees(`port ${port} → ${next} (${port}: node, pid ${stranger.pid})`);
    await terminal.sees("all up after");
    expect(await (await fetch(`http://127.0.0.1:${next}/`)).text()).toBe("hello from api");
    expect(await endByCtrlC(terminal)).toBe(0);
  });

  test.concurrent("an empty line takes the safest one, which is never kill", async () => {
    await using contested = await startContested();
    const { stranger, terminal } = contested;
    await terminal.asked();
    terminal.type("\n");
    await terminal.sees("next: chosen at the terminal");
    await terminal.sees("all up after");
    expect(isAlive(stranger.pid)).toBe(true);
    expect(await endByCtrlC(terminal)).toBe(0);
  });

  test.concurrent("kill ends the holder only after it has been confirmed", async () => {
    await using contested = await startContested();
    const { port, stranger, terminal } = contested;
    await terminal.asked();
    terminal.type("2\n");
    await terminal.sees(`Stop node (pid ${stranger.pid})? Type yes: `);
    terminal.type("y\n");
    await terminal.sees("Not stopped. Choose again");
    expect(isAlive(stranger.pid)).toBe(true);
    terminal.type("2\n");
    await terminal.sees("Type yes: ");
    terminal.type("yes\n");
    await terminal.sees("all up after");
    expect(isAlive(stranger.pid)).toBe(false);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("hello from api");
    expect(await endByCtrlC(terminal)).toBe(0);
  });

  test.concurrent("adopt uses what runs there and leaves it running", async () => {
    await using contested = await startContested();
    const { stranger, terminal } = contested;
    await terminal.asked();
    terminal.type("3\n");
    await terminal.sees("taken as already running");
    await terminal.sees("all up after");
    expect(await endByCtrlC(terminal)).toBe(0);
    expect(isAlive(stranger.pid)).toBe(true);
  });

  test.concurrent("wait starts the service when the port becomes free", async () => {
    await using contested = await startContested();
    const { stranger, terminal } = contested;
    await terminal.asked();
    terminal.type("4\n");
    await terminal.sees("wait: chosen at the terminal");
    await stranger.end();
    await terminal.sees("all up after");
    expect(await endByCtrlC(terminal)).toBe(0);
  });

  test.concurrent("skip goes on without the service", async () => {
    await using stranger = await startListener("127.0.0.1");
    await using project = newProject({
      services: { api: { command: "serve.js", port: stranger.port }, other: "echo other lives; sleep 100" },
    });
    await using terminal = startTerminal(project);
    await terminal.asked();
    terminal.type("skip\n");
    await terminal.sees("other lives");
    expect(await endByCtrlC(terminal)).toBe(0);
    expect(terminal.shown()).toContain("skipped");
  });

  test.concurrent("quit ends everything with 3", async () => {
    await using contested = await startContested();
    await contested.terminal.asked();
    contested.terminal.type("quit\n");
    expect(await contested.terminal.ended).toBe(3);
  });
});

test.concurrent("what is typed before the question has stood for half a second is ignored", async () => {
  await using contested = await startContested();
  const { stranger, terminal } = contested;
  await terminal.sees("Your choice");
  terminal.type("6\n");
  // As good as at once on a machine that is not stopped in between.
  terminal.type("2\nyes\n");
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(isAlive(stranger.pid)).toBe(true);
  terminal.type("1\n");
  await terminal.sees("next: chosen at the terminal");
  await terminal.sees("all up after");
  expect(await endByCtrlC(terminal)).toBe(0);
});

test.concurrent("what is typed while nothing is asked answers no later question", async () => {
  const port = await freePort();
  await using project = newProject({
    services: {
      gate: { type: "task", command: "echo gate; until test -e go; do sleep 0.02; done" },
      api: { command: "serve.js", port, depends_on: ["gate"] },
    },
  });
  await using terminal = startTerminal(project);
  await terminal.sees("| gate");
  terminal.type("6\n6\n6");
  await using stranger = await startListener("127.0.0.1", port);
  project.write("go", "");
  await terminal.asked();
  expect(terminal.shown()).toContain(`pid ${stranger.pid}`);
  terminal.type("\n1\n");
  await terminal.sees("next: chosen at the terminal");
  await terminal.sees("all up after");
  expect(await endByCtrlC(terminal)).toBe(0);
});

test.concurrent("what is no choice is asked again", async () => {
  await using contested = await startContested();
  const { terminal } = contested;
  await terminal.asked();
  for (const nonsense of ["9", "0", "k", "-1", "1.5"]) {
    terminal.type(`${nonsense}\n`);
    await terminal.sees("Type a number from 1 to 6: ");
  }
  terminal.type("5\n");
  await terminal.ended;
});

describe("several conflicts", () => {
  test.concurrent("are asked one after the other", async () => {
    await using first = await startListener("127.0.0.1");
    await using second = await startListener("127.0.0.1");
    await using project = newProject({
      services: { a: { command: "serve.js", port: first.port }, b: { command: "serve.js", port: second.port } },
    });
    await using terminal = startTerminal(project);
    await terminal.sees(`a wants port ${first.port}`);
    await terminal.asked();
    terminal.type("1\n");
    await terminal.sees(`b wants port ${second.port}`);
    await terminal.asked();
    terminal.type("1\n");
    await terminal.sees("all up after");
    const moved = [...terminal.shown().matchAll(/port \d+ → (\d+)/g)].map(([, to]) => to);
    expect(new Set(moved).size).toBe(2);
    expect(await endByCtrlC(terminal)).toBe(0);
  });

  test.concurrent("are answered all at once by 1a", async () => {
    await using first = await startListener("127.0.0.1");
    await using second = await startListener("127.0.0.1");
    await using third = await startListener("127.0.0.1");
    const services = Object.fromEntries(
      [first, second, third].map(({ port }, index) => [`s${index}`, { command: "serve.js", port }]),
    );
    await using project = newProject({ services });
    await using terminal = startTerminal(project);
    await terminal.sees("add a to do the same for all 2 that follow (1a)");
    await terminal.asked();
    terminal.type("1a\n");
    await terminal.sees("all up after");
    expect(terminal.shown().match(/Your choice/g)).toHaveLength(1);
    expect(new Set([...terminal.shown().matchAll(/port \d+ → (\d+)/g)].map(([, to]) => to)).size).toBe(3);
    expect(await endByCtrlC(terminal)).toBe(0);
  });
});

test.concurrent("1r keeps the new port for the next run, 1 alone goes back to the preferred one", async () => {
  await using contested = await startContested();
  const { port, stranger, terminal, project } = contested;
  await terminal.asked();
  const next = Number(/take (\d+) instead/.exec(terminal.shown())?.[1]);
  terminal.type("1r\n");
  await terminal.sees("all up after");
  expect(await endByCtrlC(terminal)).toBe(0);
  await stranger.end();

  await using again = startTerminal(project);
  await again.sees(`port ${port} → ${next} (${port}: as in the last run)`);
  await again.sees("all up after");
  expect(await endByCtrlC(again)).toBe(0);
});

test.concurrent("without r the service is back on its preferred port next time", async () => {
  await using contested = await startContested();
  const { port, stranger, terminal, project } = contested;
  await terminal.asked();
  terminal.type("1\n");
  await terminal.sees("all up after");
  expect(await endByCtrlC(terminal)).toBe(0);
  await stranger.end();

  await using again = startTerminal(project);
  await again.sees(`ready after`);
  await again.sees(`on port ${port}`);
  await again.sees("all up after");
  expect(await endByCtrlC(again)).toBe(0);
});

test.concurrent("the other services go on while a question stands", async () => {
  await using stranger = await startListener("127.0.0.1");
  await using project = newProject({
    services: { api: { command: "serve.js", port: stranger.port }, other: "touch other-started; sleep 100" },
  });
  await using terminal = startTerminal(project);
  await terminal.asked();
  await until("other to start", () => project.has("other-started"));
  terminal.type("6\n");
  expect(await terminal.ended).toBe(3);
});

test.concurrent("Ctrl-C at the question ends everything with 130", async () => {
  await using contested = await startContested();
  await contested.terminal.asked();
  expect(await endByCtrlC(contested.terminal)).toBe(130);
});

test.concurrent("the end of the input at the question ends everything with 3", async () => {
  await using contested = await startContested();
  await contested.terminal.asked();
  contested.terminal.type("\u0004");
  expect(await contested.terminal.ended).toBe(3);
});

test.concurrent("another user's process is not offered to be killed", async () => {
  // Only root can make one.
  if (process.getuid?.() !== 0) return;
  const port = await freePort();
  await using stranger = await startNode(
    `import { createServer } from "node:net";
     createServer().listen(${port}, "127.0.0.1", () => console.log("up"));`,
    { uid: 65_534 },
  );
  await using project = newProject({ services: { api: { command: "serve.js", port } } });
  await using terminal = startTerminal(project);
  await terminal.asked();
  expect(terminal.shown()).toContain(`pid ${stranger.pid}`);
  expect(terminal.shown()).not.toContain("kill");
  terminal.type("quit\n");
  expect(await terminal.ended).toBe(3);
});

test.concurrent("launch kill :PORT asks before it ends anybody", async () => {
  await using stranger = await startListener("127.0.0.1");
  await using project = newProject({ services: {} });
  for (const [answer, code, lives] of [
    ["no\n", 1, true],
    ["\n", 1, true],
    ["yes\n", 0, false],
  ] as const) {
    await using terminal = startTerminal(project, ["kill", `:${stranger.port}`]);
    await terminal.sees(`pid ${stranger.pid}`);
    await terminal.sees("Type yes: ");
    terminal.type(answer);
    expect(await terminal.ended).toBe(code);
    expect(isAlive(stranger.pid)).toBe(lives);
  }
});

test.concurrent("Ctrl-C at the question of launch kill ends nobody", async () => {
  await using stranger = await startListener("127.0.0.1");
  await using project = newProject({ services: {} });
  await using terminal = startTerminal(project, ["kill", `:${stranger.port}`]);
  await terminal.sees("Type yes: ");
  terminal.type(ctrlC);
  expect(await terminal.ended).not.toBe(0);
  expect(isAlive(stranger.pid)).toBe(true);
});

test.concurrent("nobody is asked with --non-interactive, --json, CI or --on-conflict", async () => {
  await using stranger = await startListener("127.0.0.1");
  await using project = newProject({ services: { api: { command: "serve.js", port: stranger.port } } });
  for (const [args, env] of [
    [["--non-interactive"], {}],
    [["--json"], {}],
    [[], { CI: "true" }],
    [["--on-conflict", "fail"], {}],
  ] as const) {
    await using terminal = startTerminal(project, args, { env });
    expect(await terminal.ended).toBe(3);
    expect(terminal.shown()).not.toContain("Your choice");
  }
});
