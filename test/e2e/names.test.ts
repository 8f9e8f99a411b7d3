// Words on the command line that are names: of services, of instances, of commands.

import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { launch, startJson } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";

describe("--instance", () => {
  const services = { api: { command: "exec sleep 1000" } };

  test.concurrent.each(["../../away", "a/b", ".", "", "Second", "logs", "ends", "notify"])(
    "refuses %o, and creates nothing",
    async (name) => {
      await using project = newProject({ services });
      const around = readdirSync(dirname(project.directory));
      for (const args of [["--non-interactive"], ["-d"], ["status"], ["logs"], ["ports", "--forget"]]) {
        const { code, stderr } = await launch(project, [...args, `--instance=${name}`]);
        expect({ args, code }).toEqual({ args, code: 2 });
        expect(stderr).toContain("--instance");
      }
      expect(existsSync(project.path(".launch"))).toBe(false);
      expect(readdirSync(dirname(project.directory))).not.toContain("away");
      expect(around).not.toContain("away");
    },
  );

  test.concurrent("takes any other name", async () => {
    await using project = newProject({ services });
    await using run = startJson(project, ["--instance", "second_2-b"]);
    await run.events.find({ type: "up" });
    expect(project.has(".launch/second_2-b/run.json")).toBe(true);
    expect((await launch(project, ["status", "--instance", "second_2-b"])).code).toBe(0);
    await run.end("SIGINT");
  });
});
