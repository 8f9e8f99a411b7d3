import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { announceRun } from "../../../src/effects/state/registry.ts";

const about = { name: "shop", root: "/shop", instance: "default" };

test.runIf(process.platform === "linux")(
  "what a killed run left goes with the next, unless it is of another container",
  () => {
    const directory = mkdtempSync(join(tmpdir(), "launch-registry-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const write = (pid: number, namespace: string): void =>
      writeFileSync(join(directory, `${pid}.json`), JSON.stringify({ ...about, pid, startTicks: 1, namespace }));
    write(4_194_301, readlinkSync("/proc/self/ns/pid"));
    write(4_194_302, "pid:[1]");
    using _announced = announceRun(about, directory);
    expect(readdirSync(directory).sort()).toEqual(["4194302.json", `${process.pid}.json`].sort());
  },
);
