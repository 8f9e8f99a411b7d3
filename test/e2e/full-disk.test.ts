// A disk that is full, made of a small memory file system in a mount namespace of the test's own.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { newEvents, type Said } from "../helpers/events.ts";
import { bin } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";

const ways = [["--mount"], ["--mount", "--user", "--map-root-user"]];
const way = ways.find((flags) => spawnSync("unshare", [...flags, "true"], { stdio: "ignore" }).status === 0);

test.skipIf(way === undefined)(
  "a full disk ends nothing, is said once, and so is that there is room again",
  async () => {
    const flood =
      "yes $(printf %0100d 1) | head -c 3000000 2>/dev/null; sleep 2; : > .launch/logs/flood.log; exec sleep 1000";
    const project = newProject({ name: "shop", services: { flood, other: "exec sleep 1000" } });
    onTestFinished(() => project[Symbol.asyncDispose]());
    const script = `mkdir .launch && mount -t tmpfs -o size=1m tmpfs .launch && exec "$0" "$@"`;
    const args = [...(way ?? []), "sh", "-c", script, process.execPath, bin, "--non-interactive", "--json", "--quiet"];
    const child = spawn("unshare", args, {
      cwd: project.directory,
      env: { ...project.env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGTERM"));
    const events = newEvents(() => "");
    createInterface(child.stdout).on("line", (line) => events.add(JSON.parse(line) as Said));
    const said = (text: string): Promise<Said> =>
      events.find(({ type, message }) => type === "noticed" && typeof message === "string" && message.includes(text));
    await said("the disk that the logs are on is full");
    await said("there is room for logs on the disk again");
    child.kill("SIGINT");
    const [code] = (await once(child, "close")) as [number | null];
    expect(code).toBe(0);
    expect(events.states("flood").at(-1)).toBe("idle");
    expect(events.all.filter(({ message }) => String(message).includes("is full"))).toHaveLength(1);
    expect(events.all.find(({ state }) => state === "failed")).toBeUndefined();
  },
);
