// Faults 29 to 31 and 39: manifests that are wrong, hostile, or edited at the wrong time, and commands that cannot be run.

import { expect } from "vitest";
import { loadManifest } from "../../src/manifest/load.ts";
import { checkGraph } from "../../src/plan/graph.ts";
import { launch } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";
import { fault } from "./fault.ts";
import { startRun } from "./run.ts";

fault(29, async () => {
  const manifest = `services:
  a: { command: touch started, depends_on: [b] }
  b: { command: touch started, depends_on: [a] }
  c: { command: touch started, depends_on: [nobody] }
  d: { command: touch started, depends_on: [d] }
`;
  await using project = newProject(manifest);
  const { code, stderr } = await launch(project, ["--non-interactive"]);
  expect(code).toBe(2);
  for (const line of [2, 4, 5]) expect(stderr).toMatch(new RegExp(`services.yaml:${line}:\\d+`));
  expect(stderr).toContain("nobody");
  expect(project.has("started")).toBe(false);
});

fault(30, async () => {
  const levels = Array.from(
    { length: 9 },
    (_, n) => `${"abcdefghi"[n + 0]}${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`,
  );
  const variants: Readonly<Record<string, string>> = {
    bomb: `x-0: &l0 [lol]\n${levels.map((line) => `x-${line}`).join("\n")}\nservices: { api: { command: *l9 } }\n`,
    "endless anchor": "services: &a { api: *a }\n",
    "duplicate key": "services:\n  api: { command: sleep 1 }\n  api: { command: sleep 2 }\n",
    tabs: "services:\n\tapi:\n\t\tcommand: sleep 1\n",
    NUL: "services:\n  api: { command: 'sleep\\0 1' }\n\0",
    "10 MB": `services:\n  api: { command: sleep 1 }\n${"# nothing\n".repeat(1_000_000)}x: [`,
    "1 MB": `services:\n  api: { command: sleep 1 }\n${"# nothing\n".repeat(100_000)}x: [`,
    "1 MB of values": `services:\n  api: { command: sleep 1 }\nx-list: [${"a: b,".repeat(200_000)}]`,
    nothing: "",
    binary: Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7919) % 256)).toString("latin1"),
  };
  for (const [name, text] of Object.entries(variants)) {
    await using project = newProject(text);
    const before = performance.now();
    const loaded = await loadManifest({ directory: project.directory, env: {}, check: checkGraph });
    expect([name, loaded.ok]).toEqual([name, false]);
    if (loaded.ok) continue;
    expect([name, loaded.problems[0]?.message]).toEqual([name, expect.stringMatching(/./)]);
    expect([name, performance.now() - before < 5000]).toEqual([name, true]);
  }
  await using marked = newProject("\uFEFFservices:\n  api: { command: sleep 1 }\n");
  expect(await loadManifest({ directory: marked.directory, env: {}, check: checkGraph })).toMatchObject({ ok: true });
  await using bomb = newProject(variants["bomb"]!);
  const { code, stderr } = await launch(bomb, ["--non-interactive"]);
  expect(code).toBe(2);
  expect(stderr).toContain("services.yaml");
});

fault(31, async () => {
  await using run = await startRun({
    services: {
      api: {
        command: "until [ -e go ]; do sleep 0.02; done; echo old; [ -e again ] || exec sleep 1000; exec sleep 1001",
        ready: { log: "old" },
        restart: { delay: 0 },
      },
      web: { command: "exec sleep 1002", depends_on: ["api"] },
    },
  });
  await run.events.state("api", "started");
  run.project.write("services.yaml", "services: { api: { command: echo new }, web: [this is wrong");
  run.project.write("go", "");
  await run.events.find({ type: "up" });
  run.project.write("again", "");
  const { pid } = await run.events.state("api", "ready");
  run.signal("SIGKILL", pid);
  await run.events.state("api", "ready", { run: 2 });
  await until("the same command to run", () => run.living().some(({ command }) => command === "sleep 1001"));
  expect(await run.end()).toBe(0);
  expect(run.said()).not.toContain("new");
  await run.nothingLeft();
});

fault(39, async () => {
  await using run = await startRun(
    {
      services: {
        missing: { command: ["nowhere-to-be-found"] },
        closed: { command: ["./closed.sh"] },
        nowhere: { command: "exec sleep 1000", working_dir: "not/there" },
      },
    },
    { files: { "closed.sh": "#!/bin/sh\n" }, args: ["--non-interactive", "--json", "--on-failure", "continue"] },
  );
  const reason = async (name: string): Promise<string | undefined> => (await run.events.state(name, "failed")).reason;
  expect(await reason("missing")).toBe("command not found: nowhere-to-be-found");
  expect(await reason("closed")).toBe("not executable: ./closed.sh");
  expect(await reason("nowhere")).toContain("no such directory");
  // Nothing of this goes away by trying again.
  expect(run.events.all.filter(({ run: number }) => (number ?? 1) > 1)).toEqual([]);
  expect(await run.ended).toBe(1);
  const wrong = {
    "{ command: sleep 1, stop: { signal: SIGNONE } }": "SIGNONE",
    "{ command: sleep 1, env: { KEY: '${NOT_SET:?is needed}' } }": "is needed",
    "{ command: sleep 1, env_file: no.env }": "no.env",
  };
  for (const [service, words] of Object.entries(wrong)) {
    await using project = newProject(`services:\n  api: ${service}\n`);
    const { code, stderr } = await launch(project, ["--non-interactive"]);
    expect([service, code]).toEqual([service, 2]);
    expect(stderr).toMatch(/services\.yaml:2:\d+/);
    expect(stderr).toContain(words);
  }
  await run.nothingLeft();
});
