// A dashboard that is killed with SIGKILL can give nothing back: its guard does, and the shell before it can be used.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bin } from "../../helpers/launch.ts";
import { newProject, type TestProject } from "../../helpers/project.ts";
import { startInScreen, type TestScreen } from "../../helpers/screen.ts";
import { until } from "../../helpers/wait.ts";
import { escape } from "./dashboard.ts";

const services = { api: "sleep 1000" };
const command = `'${process.execPath}' '${bin}'`;

/** The pid of the dashboard itself: neither the engine nor what stands before it in the terminal. */
function dashboardIn(project: TestProject): number {
  const found = project.processes().find(({ command: line }) => line.includes(bin) && !/--engine|^\S*sh /.test(line));
  if (found === undefined) throw new Error("there is no dashboard");
  return found.pid;
}

/** The guards of the terminal that this process has on its stdout. */
function guardsOf(pid: number): readonly number[] {
  const terminal = readlinkSync(`/proc/${pid}/fd/1`);
  return readdirSync("/proc")
    .map(Number)
    .filter((other) => {
      try {
        const line = readFileSync(`/proc/${other}/cmdline`, "utf8");
        return line.includes("launch-terminal-guard") && readlinkSync(`/proc/${other}/fd/3`) === terminal;
      } catch {
        return false;
      }
    });
}

/** The modes of the terminal that this process has, as `stty -a` says them. */
function modesOf(pid: number): string {
  return execFileSync("stty", ["-F", readlinkSync(`/proc/${pid}/fd/0`), "-a"], { encoding: "utf8" });
}

function startInShell(project: TestProject, shell: readonly string[]): TestScreen {
  return startInScreen(shell, {
    cwd: project.directory,
    env: { ...project.env, PS1: "prompt> ", PS2: "more> " },
    afterwards: () => until("the project to be quiet", () => project.processes().length === 0),
  });
}

async function untilShown(screen: TestScreen): Promise<void> {
  await screen.until("all up after");
  screen.type(escape);
  await screen.until("? help");
}

describe("a dashboard killed with SIGKILL", () => {
  it.concurrent.each([
    ["sh", ["/bin/sh", "-i"]],
    ["bash", ["bash", "--norc", "--noprofile", "-i"]],
  ])("leaves the prompt of an interactive %s usable", async (_, shell) => {
    await using project = newProject({ services });
    await using screen = startInShell(project, shell);
    await screen.until("prompt> ");
    screen.type(`${command}\r`);
    await untilShown(screen);
    process.kill(dashboardIn(project), "SIGKILL");
    await until("the other screen to go", () => !screen.isAlternate() && screen.isCursorShown());
    // A shell without an editor of its own reads nothing before its terminal gives it whole lines again.
    await until("keys to be taken", () => /(?<!-)\bisig\b/.test(modesOf(screen.pid)));
    screen.type("echo you can $((40 + 2))\r");
    await screen.until("you can 42");
    // Each key is shown once.
    expect(screen.screen()).toContain("echo you can $((40 + 2))");
    for (const mode of ["1000", "1002", "1006"]) {
      expect(screen.raw().lastIndexOf(`\x1b[?${mode}l`)).toBeGreaterThan(screen.raw().lastIndexOf(`\x1b[?${mode}h`));
    }
    screen.type("exit\r");
    await screen.ended;
  });

  it.concurrent("has its modes given back where nobody else does it, as they were before", async () => {
    await using project = newProject({ services });
    const script = `stty -ixon erase ^H; stty -g >before; ${command}
      until [ "$(stty -g)" = "$(cat before)" ]; do sleep 0.02; done; echo as before; read line`;
    await using screen = startInShell(project, ["/bin/sh", "-c", script]);
    await untilShown(screen);
    process.kill(dashboardIn(project), "SIGKILL");
    await screen.until("as before");
    expect(screen.isAlternate()).toBe(false);
    screen.type("\r");
    await screen.ended;
  });

  it.concurrent("leaves as little when it was joined to a service's own terminal", async () => {
    await using project = newProject({
      services: { top: { tty: true, command: "printf '\\033[?1049h\\033[?1003hhere it is'; exec sleep 1000" } },
    });
    const script = `${command} -d --wait; ${command} attach top
      until stty -a | grep -q ' icanon'; do sleep 0.02; done; echo usable; read line; ${command} down`;
    await using screen = startInShell(project, ["/bin/sh", "-c", script]);
    await screen.until("here it is");
    await until("the other screen", () => screen.isAlternate());
    const attached = project
      .processes()
      .find(({ command: line }) => line.includes(" attach top") && !/^\S*sh /.test(line));
    process.kill(attached!.pid, "SIGKILL");
    await screen.until("usable");
    expect(screen.isAlternate()).toBe(false);
    expect(screen.raw().lastIndexOf("\x1b[?1003l")).toBeGreaterThan(screen.raw().lastIndexOf("\x1b[?1003h"));
    screen.type("\r");
    await screen.ended;
  });

  it.concurrent("leaves modes alone that somebody else has set meanwhile", async () => {
    await using project = newProject({ services });
    const script = `${command}; stty isig; echo changed; sleep 0.5; stty -a`;
    await using screen = startInShell(project, ["/bin/sh", "-c", script]);
    await untilShown(screen);
    process.kill(dashboardIn(project), "SIGKILL");
    await screen.ended;
    expect(screen.raw()).toContain("changed");
    expect(screen.raw()).toContain("-icanon");
  });
});

describe("the guard of the terminal", () => {
  it.concurrent("is gone after a usual end, and has written nothing", async () => {
    await using project = newProject({ services });
    await using screen = startInShell(project, ["/bin/sh", "-c", `${command}; echo then; read line`]);
    await untilShown(screen);
    const shell = screen.pid;
    expect(guardsOf(shell)).toHaveLength(1);
    screen.type("\u0003");
    await screen.until("then");
    await until("the guard to be gone", () => guardsOf(shell).length === 0);
    expect(screen.raw().match(/\x1b\[\?1049l/g)).toHaveLength(1);
    screen.type("\r");
    await screen.ended;
  });

  it.concurrent("leaves the terminal to an editor while that has it", async () => {
    await using project = newProject({ services }, { "editor.sh": "echo editor here; exec sleep 1000" });
    const script = `EDITOR='sh ${project.path("editor.sh")}' ${command}; echo then; read line`;
    await using screen = startInShell(project, ["/bin/sh", "-c", script]);
    await untilShown(screen);
    screen.type("e");
    await screen.until("editor here");
    process.kill(dashboardIn(project), "SIGKILL");
    await screen.until("then");
    await until("the guard to be gone", () => guardsOf(screen.pid).length === 0);
    // Once, when it was lent.
    expect(screen.raw().match(/\x1b\[\?1049l/g)).toHaveLength(1);
    screen.type("\r");
    await screen.ended;
    await project.clear();
  });
});
