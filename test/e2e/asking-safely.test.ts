// What is no answer to a question, who is not asked, and how asking ends without an answer.

import { expect, test } from "vitest";
import { isAlive } from "../helpers/processes.ts";
import { newProject } from "../helpers/project.ts";
import { ctrlC, startTerminal } from "../helpers/terminal.ts";
import { freePort, startListener, startNode } from "../integration/ports/strangers.ts";
import { endByCtrlC, startContested } from "../helpers/contested.ts";

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
    [["--plain", "--on-conflict", "fail"], {}],
  ] as const) {
    await using terminal = startTerminal(project, args, { env });
    expect(await terminal.ended).toBe(3);
    expect(terminal.shown()).not.toContain("Your choice");
  }
});
