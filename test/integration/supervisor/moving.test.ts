// A port that is taken while its service is down, and who hears of it when the service moves.

import { expect, test } from "vitest";
import { startEngine } from "../../helpers/engine.ts";
import { newProject } from "../../helpers/project.ts";
import { until } from "../../helpers/wait.ts";
import { freePorts, startListener } from "../ports/strangers.ts";

test("a service whose port was taken while it was down moves, its users are told the new port anew", async () => {
  const [port] = await freePorts(5);
  await using project = newProject({
    services: {
      api: {
        command: "serve.js",
        port: { preferred: port, range: `${port}-${port! + 4}` },
        restart: { delay: "10m", max_delay: "10m" },
      },
      reader: {
        command: "echo told $API_PORT; sleep 1000",
        depends_on: ["api"],
        files: { "config.txt": "${API_PORT}" },
      },
      user: { command: "echo told $API_PORT; sleep 1000", depends_on: { api: { condition: "ready", restart: true } } },
    },
  });
  await using run = await startEngine(project);
  await run.events.find({ type: "up" });
  expect(project.read("config.txt")).toBe(String(port));
  process.kill((await run.events.state("api", "ready")).pid!, "SIGKILL");
  await run.events.state("api", "backoff");
  await using stranger = await startListener("127.0.0.1", port);
  run.request({ type: "restart", services: ["api"] });

  const moved = await run.events.find({ type: "moved", service: "api" });
  expect(moved).toMatchObject({ from: port, reason: expect.stringContaining(`pid ${stranger.pid}`) });
  const to = Number(moved["to"]);
  await run.events.state("api", "ready", { ports: { main: to } });
  await until("the file to be rewritten", () => project.read("config.txt") === String(to));
  await run.events.find({ type: "log", service: "reader", line: `told ${to}` });
  await run.events.find({ type: "log", service: "user", line: `told ${to}` });
  await run.events.state("reader", "ready", { run: 2 });
  expect(await run.stop()).toBe(0);
  await until("the file to go", () => !project.has("config.txt"));
});

test("a bare port that was taken while its service was down ends the run, and who took it is said", async () => {
  const [port] = await freePorts(1);
  await using project = newProject({
    services: { api: { command: "serve.js", port, restart: { delay: "10m", max_delay: "10m" } } },
  });
  await using run = await startEngine(project);
  process.kill((await run.events.state("api", "ready")).pid!, "SIGKILL");
  await run.events.state("api", "backoff");
  await using stranger = await startListener("127.0.0.1", port);
  run.request({ type: "restart", services: ["api"] });
  expect((await run.events.state("api", "failed")).reason).toContain(`pid ${stranger.pid}`);
  expect(await run.ended).toMatchObject({ kind: "conflict" });
});

test("several endpoints of one service are claimed, told and moved each for itself", async () => {
  const [from] = await freePorts(6);
  await using taken = await startListener("127.0.0.1", from! + 1);
  await using project = newProject({
    services: {
      bridge: {
        command: "echo $PORT_WS $PORT_ADMIN; exec serve.js $PORT_WS",
        ports: {
          ws: { preferred: from, range: `${from}-${from! + 5}` },
          admin: { preferred: taken.port, range: `${from}-${from! + 5}` },
        },
        ready: { tcp: "ws" },
      },
    },
  });
  await using run = await startEngine(project);
  const { ports } = await run.events.state("bridge", "ready");
  expect(ports?.["ws"]).toBe(from);
  expect(ports?.["admin"]).toBeGreaterThan(taken.port);
  await run.events.find({ type: "log", line: `${ports?.["ws"]} ${ports?.["admin"]}` });
  expect(await run.stop()).toBe(0);
});
