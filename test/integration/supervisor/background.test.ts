// Services that go into the background: nobody supervises what they leave, so they have failed, whatever they are known by.

import { describe, expect, test } from "vitest";
import { startEngine } from "../../helpers/engine.ts";
import { newProject } from "../../helpers/project.ts";

// Forks twice, as daemons do: its parent is gone and its session is its own. It serves and says so.
const daemon = `import os, socket, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(os.environ["PORT"])))
server.listen()
print("SERVES", flush=True)
time.sleep(1000)
`;

const ways: readonly (readonly [string, string])[] = [
  ["a shell's &", "serve.js & exit 0"],
  ["a daemon's two forks", "exec python3 daemon.py"],
];

describe.each(ways)("a service that goes into the background by %s has failed", (_, command) => {
  test.each([
    ["listen", "listen"],
    ["tcp", { tcp: "main" }],
    ["http", { http: "/" }],
    ["log", { log: "SERVES|listens on" }],
    ["exec", { exec: ["true"] }],
    ["none", "none"],
  ])("ready: %s", async (_kind, ready) => {
    const app = { command, port: "dynamic", ready, restart: "no", stop: { timeout: "500ms" } };
    await using project = newProject({ services: { app } }, { "daemon.py": daemon });
    await using run = await startEngine(project);
    expect(await run.ended).toMatchObject({
      kind: "failed",
      service: "app",
      failure: {
        kind: "detached",
        exit: { code: 0 },
        left: { command: expect.stringMatching(/serve|python/) as string },
      },
    });
  });
});

test("a service that went into the background is tried again by its policy", async () => {
  await using project = newProject({
    services: {
      app: {
        command: "test -e once && exec sleep 1000; touch once; sleep 1000 &",
        restart: { policy: "on-failure", delay: 0 },
      },
    },
  });
  await using run = await startEngine(project);
  await run.events.state("app", "ready", { run: 2 });
  expect(await run.stop()).toBe(0);
});
