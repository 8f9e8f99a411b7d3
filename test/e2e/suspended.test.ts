// Ctrl-Z in a shell while launch prints lines: launch stands still, its services do not, and nothing is judged by it.

import { expect, test } from "vitest";
import { bin } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { startInScreen } from "../helpers/screen.ts";
import { until } from "../helpers/wait.ts";

test("Ctrl-Z stops launch and no service, and `fg` goes on with all of them", async () => {
  const health = { exec: "echo >>asked", interval: "50ms", timeout: "1s", failures: 1, restart: true };
  await using project = newProject({
    services: { api: { command: "while :; do echo >>ticks; sleep 0.02; done", ready: "none", health } },
  });
  const ticks = (): number => (project.has("ticks") ? project.read("ticks").length : 0);
  const asked = (): number => (project.has("asked") ? project.read("asked").length : 0);
  await using screen = startInScreen(["bash", "--norc", "--noprofile", "-i"], {
    cwd: project.directory,
    env: { ...project.env, PS1: "prompt> " },
    afterwards: () => until("the project to be quiet", () => project.processes().length === 0),
  });
  await screen.until("prompt> ");
  screen.type(`'${process.execPath}' '${bin}' --plain\r`);
  await screen.until("all up after");
  await until("its health to be asked for", () => asked() > 0);
  screen.type("\u001a");
  await screen.until("Stopped");
  const before = ticks();
  await until("the service to go on", () => ticks() > before + 20);
  // Typed at the shell: the terminal is its own again.
  screen.type("echo still $((40 + 2))\r");
  await screen.until("still 42");
  const askedBefore = asked();
  screen.type("fg\r");
  await until("its health to be asked for again", () => asked() > askedBefore + 2, screen.screen);
  expect(screen.screen()).not.toMatch(/unhealthy|starting again/);
  screen.type("\u0003");
  await screen.until(/ended after/);
  screen.type("echo code $?; exit\r");
  await screen.until("code 0");
  await screen.ended;
});
