// A project on what is read-only, made by a bind mount in a mount namespace of the test's own.

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { bin } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";

const ways = [["--mount"], ["--mount", "--user", "--map-root-user"]];
const way = ways.find((flags) => spawnSync("unshare", [...flags, "true"], { stdio: "ignore" }).status === 0);

const project = `mount --bind . . && mount -o remount,ro,bind . && cd "$PWD"`;
const directory = "mkdir .launch && mount -t tmpfs -o ro tmpfs .launch";

test.skipIf(way === undefined).for([
  ["run", project, ["run", "tick", "--", "true"], 125],
  ["-d", project, ["-d"], 2],
  ["--check-only", project, ["--check-only"], 2],
  ["-d, where only the state directory is,", directory, ["-d"], 2],
  ["--check-only, where only the state directory is,", directory, ["--check-only"], 2],
] as const)(
  "on what is read-only launch %s says so, and which other place may be named",
  async ([, mount, args, code]) => {
    await using shop = newProject({ name: "shop", services: { tick: "exec sleep 1000" } });
    const words = ["sh", "-c", `${mount} && exec "$0" "$@"`, process.execPath, bin, ...args];
    const { status, stdout, stderr } = spawnSync("unshare", [...(way ?? []), ...words], {
      cwd: shop.directory,
      env: { ...shop.env },
      encoding: "utf8",
      timeout: 30_000,
    });
    const said = stdout + stderr;
    expect(said).toContain(`${shop.path(".launch")} cannot be used for logs and state (EROFS`);
    expect(said).toContain("Name another directory by LAUNCH_STATE_DIR.");
    expect(said).not.toMatch(/\n {4}at |would start\. Nothing was started\.\n$/);
    if (args[0] === "--check-only") expect(said).toContain("It would not start. Nothing was started.");
    expect(status).toBe(code);
  },
);
