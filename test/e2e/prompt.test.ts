// The questions about port conflicts, asked and answered in a terminal.

import { userInfo } from "node:os";
import { describe, expect, test } from "vitest";
import { isAlive } from "../helpers/processes.ts";
import { newProject } from "../helpers/project.ts";
import { startTerminal } from "../helpers/terminal.ts";
import { until } from "../helpers/wait.ts";
import { startListener } from "../integration/ports/strangers.ts";
import { endByCtrlC, startContested } from "../helpers/contested.ts";

test.concurrent("the question shows who holds the port, since when, where, whose, and every choice", async () => {
  await using contested = await startContested();
  const { port, stranger, terminal } = contested;
  await terminal.asked();
  const shown = terminal.shown();
  expect(shown).toContain(`api wants port ${port}, which is held by node (pid ${stranger.pid}, "`);
  expect(shown).toContain(`user ${userInfo().username}, for `);
  expect(shown).toMatch(/, for \d+(\.\d)?(ms|s), in \//);
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
    await terminal.sees("add a to do the same for both that follow (1a)");
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
