// Faults 41 to 47: a checkout, a neighbour on the machine and a program that mean no good.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { launch } from "../helpers/launch.ts";
import { newProject, type TestProject } from "../helpers/project.ts";
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
