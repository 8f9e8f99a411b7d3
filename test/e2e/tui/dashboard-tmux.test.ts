// The main path once more in another emulator, for no two agree on everything: tmux.

import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bin } from "../../helpers/launch.ts";
import { newProject, type TestProject } from "../../helpers/project.ts";
import { until } from "../../helpers/wait.ts";

const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

interface Tmux extends AsyncDisposable {
  screen(): string;
  until(what: string | RegExp): Promise<void>;
  keys(...keys: readonly string[]): void;
  resize(columns: number, rows: number): void;
}

/** A server of tmux of its own, with `launch` and then the exit code in its only window. */
function startTmux(project: TestProject, columns: number, rows: number): Tmux {
  const socket = project.path("tmux");
  const env = { ...project.env, LANG: "C.UTF-8" };
  const tmux = (...args: readonly string[]): string =>
    execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...args], { cwd: project.directory, env, encoding: "utf8" });
  const command = `'${process.execPath}' '${bin}'; echo "exit $?"; exec sleep 1000`;
  tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), command);
  const screen = (): string => tmux("capture-pane", "-p");
  return {
    screen,
    until: (what) =>
      until(String(what), () => (typeof what === "string" ? screen().includes(what) : what.test(screen())), screen),
    keys: (...keys) => void tmux("send-keys", ...keys),
    resize: (columns, rows) => void tmux("resize-window", "-x", String(columns), "-y", String(rows)),
    async [Symbol.asyncDispose]() {
      tmux("kill-server");
      await until("everything to be gone", () => project.processes().length === 0);
    },
  };
}

describe.skipIf(!hasTmux)("in tmux", () => {
  it("the dashboard is shown, searched, resized and left", async () => {
    await using project = newProject(
      {
        name: "shop",
        services: {
          db: "cat text; exec sleep 1000",
          api: { command: "echo api runs; exec sleep 1000", depends_on: ["db"] },
        },
      },
      { text: `${"x".repeat(300)}\n東京 👩‍👩‍👧 ⚠️ end\n\u001b[31mred ERROR\u001b[0m\nthe last line\n` },
    );
    await using tmux = startTmux(project, 120, 40);
    await tmux.until(/all up after .*: db → api took/);
    expect(tmux.screen().split("\n")[0]).toMatch(/^ launch {2}shop {3}2 services {2}2 ok .*\d\d:\d\d:\d\d$/);
    expect(tmux.screen()).toMatch(/ x{100,}\n.*東京.*end\n.*red ERROR\n.*the last line\n/);
    tmux.keys("/", "e", "r", "r", "Enter");
    await tmux.until("1 of 1");
    expect(tmux.screen()).toMatch(/^\*.*red ERROR/m);
    tmux.keys("j");
    await tmux.until("api runs");
    expect(tmux.screen()).toMatch(/^ > api +ready/m);
    tmux.keys("w");
    await tmux.until("[ why api ]");
    tmux.resize(80, 24);
    // The whole of it: tmux shows a frame while it still takes it in.
    await tmux.until(/^ shop {2}2 ok .*\d\d:\d\d\n(?:.*\n){22}.*q quit/);
    tmux.keys("m");
    await tmux.until(/db +東京/);
    tmux.keys("q");
    await tmux.until("Quit?");
    await new Promise((resolve) => setTimeout(resolve, 200));
    tmux.keys("q");
    await tmux.until("exit 0");
    expect(tmux.screen()).toMatch(/^shop: ended after .*\nexit 0$/m);
    expect(tmux.screen()).not.toContain("SERVICE");
  });
});
