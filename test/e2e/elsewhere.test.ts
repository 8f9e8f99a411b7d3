// A service that does not take the port or the address it was given.

import { expect, onTestFinished, test } from "vitest";
import { launch, startLaunch } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";

test("is named with the port that it listens on while it is waited for, and in the failure, in the same words", async () => {
  // Port 0 is any port but the one that launch gave.
  const project = newProject({ services: { web: { command: "serve.js 0", port: "auto", restart: "no" } } });
  onTestFinished(async () => {
    await launch(project, ["down"]);
    await project[Symbol.asyncDispose]();
  });
  expect(await launch(project, ["-d"])).toMatchObject({ code: 0 });
  const words = /it listens on \d+, not \d+; does it use \$PORT\?/;
  let why = "";
  await until("what it listens on", async () => words.test((why = (await launch(project, ["why", "web"])).stdout)));
  expect(why).toMatch(/^web is .*not ready after \S+; last probe: it listens on/);
  await launch(project, ["down"]);

  project.write("services.override.yaml", "services: {web: {ready: {timeout: 3s}}}");
  const { code, stderr } = await launch(project, ["run", "--", "true"]);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(new RegExp(`web > failed: not ready within 3s: ${words.source}`));
});

test("is named when it is ready by its own word, which says nothing of the port", async () => {
  const web = { command: "serve.js 0", port: "auto", ready: { log: "listens on" } };
  const project = newProject({ services: { web } });
  onTestFinished(() => project[Symbol.asyncDispose]());
  const going = startLaunch(project, ["--json"]);
  onTestFinished(() => going[Symbol.asyncDispose]());
  const { message } = await going.events.find({ type: "noticed", kind: "elsewhere", service: "web" });
  expect(message).toMatch(/^is ready, but it listens on \d+, not \d+; does it use \$PORT\?$/);
  await going.end("SIGINT");
});
