// A service's own address, from the manifest to the claim, to the service, and to who asks whether it is ready.

import { expect, test } from "vitest";
import { startEngine } from "../../helpers/engine.ts";
import { newProject } from "../../helpers/project.ts";
import { startListener } from "../ports/strangers.ts";

test("a service has its port on its own address, whoever has the number on another, and is asked there", async () => {
  await using stranger = await startListener("127.0.0.1");
  const { port } = stranger;
  await using project = newProject({
    services: {
      api: {
        command: "serve.js",
        host: "127.0.0.2",
        port: { preferred: port, fixed: true },
        ready: { http: "/" },
        health: { tcp: "main", interval: "20ms" },
      },
      user: { type: "task", command: "echo $API_URL", depends_on: ["api"] },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("api", "ready", { ports: { main: port } });
  await run.events.find({ service: "user", line: `http://127.0.0.2:${port}` });
  await run.events.find({ service: "api", health: "healthy" });
  expect(await run.stop()).toBe(0);
});

test("who has the port on a service's own address is in its way", async () => {
  await using stranger = await startListener("127.0.0.2");
  await using project = newProject({
    services: { api: { command: "serve.js", host: "127.0.0.2", port: stranger.port } },
  });
  await using run = await startEngine(project);
  expect((await run.events.state("api", "failed")).reason).toContain(`pid ${stranger.pid}`);
  expect(await run.ended).toMatchObject({ kind: "conflict" });
});
