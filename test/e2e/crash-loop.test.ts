// A service that ends again and again, as every face but the dashboard tells it.

import { expect, onTestFinished, test } from "vitest";
import { launch, startLaunch } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";

const looping = {
  billing: {
    command: `echo starting; echo "KeyError: 'secret_key'" >&2; sleep 0.1; exit 3`,
    ready: { log: "listening on" },
    restart: { policy: "always", delay: "50ms", max_delay: "200ms", max_restarts: 1000 },
  },
  db: "exec sleep 1000",
};

interface Told {
  readonly services: readonly { readonly state: string; readonly crashes: number; readonly lastWords: string | null }[];
}

test("status and why have one word for it, with how often, how it ended and what it said last", async () => {
  const project = newProject({ services: looping });
  onTestFinished(async () => {
    await launch(project, ["down"]);
    await project[Symbol.asyncDispose]();
  });
  await launch(project, ["-d"]);
  const told = async (): Promise<Told["services"][number] | undefined> =>
    (JSON.parse((await launch(project, ["status", "--json", "billing"])).stdout) as Told).services[0];
  await until("some crashes", async () => ((await told())?.crashes ?? 0) >= 2);
  for (let look = 0; look < 5; look++) {
    expect(await told()).toMatchObject({ state: "crashing", lastWords: "KeyError: 'secret_key'" });
  }
  const words = /crashing.* ended with exit code 3, \d+ times; its last words: KeyError: 'secret_key'; /;
  expect((await launch(project, ["status"])).stdout).toMatch(words);
  const why = await launch(project, ["why", "billing"]);
  expect(why.stdout).toMatch(words);
  expect(why.stdout).toMatch(/last lines:\n {2}\| starting/);
  expect(why.stdout).not.toContain("no line matched");
});

test("the last line of the run and its report blame the crashes, not the ready pattern", async () => {
  await using project = newProject({ services: looping });
  await using run = startLaunch(project, ["--report", "run.json", "--on-failure", "continue"]);
  await until("some crashes", () => (run.stdout().match(/starts again in/g)?.length ?? 0) >= 3);
  process.kill(run.pid, "SIGTERM");
  await run.ended;
  expect(run.stdout()).toMatch(
    /ended before everything was up: billing \(crashing: ended with exit code 3, \d+ times; its last words: KeyError: 'secret_key'\)\n$/,
  );
  expect(run.stdout()).toMatch(/last lines of billing \(.*\):\n {2}starting\n/);
  const report = JSON.parse(project.read("run.json")) as { readonly services: readonly object[] };
  expect(report.services[0]).toMatchObject({
    state: "crashing",
    ok: false,
    reason: expect.stringMatching(/^crashing: ended with exit code 3, \d+ times/) as string,
  });
});
