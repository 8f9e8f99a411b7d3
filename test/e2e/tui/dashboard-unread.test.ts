// A terminal that nobody reads for ten seconds, as after Ctrl-S or through a frozen ssh: supervision does not notice.

import { expect, it } from "vitest";
import { freePorts } from "../../integration/ports/strangers.ts";
import { openDashboard, rowOf } from "./dashboard.ts";
import { until } from "../../helpers/wait.ts";

/** Serves, and says how long it was between two questions about its health. */
const server = `
import { createServer } from "node:http";
import { renameSync, writeFileSync } from "node:fs";
let last = performance.now();
let longest = 0;
let asked = 0;
createServer((request, response) => {
  if (request.url === "/health") {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    // In one move, so that whoever reads it finds all of it.
    writeFileSync("asked.new", JSON.stringify({ asked: ++asked, longest }));
    renameSync("asked.new", "asked");
  }
  response.end("ok");
}).listen(process.env.PORT, "127.0.0.1");
let line = 0;
setInterval(() => console.log("line " + ++line), 5);
`;

it("stops no health check and no service, and shows what is true on the first look", async () => {
  const [port] = await freePorts(1);
  await using dashboard = await openDashboard(
    {
      services: {
        app: {
          command: ["node", "server.mjs"],
          port,
          ready: { http: "/" },
          health: { http: "/health", interval: "200ms", failures: 3, restart: true },
        },
        late: "until test -e gate; do sleep 0.05; done; exit 7",
      },
    },
    { files: { "server.mjs": server } },
  );
  const { screen, project } = dashboard;
  await screen.until(/line \d+/);
  const askedSoFar = (): { asked: number; longest: number } =>
    project.has("asked")
      ? (JSON.parse(project.read("asked")) as { asked: number; longest: number })
      : { asked: 0, longest: 0 };
  await until("the first checks", () => askedSoFar().asked > 2);
  screen.pause();
  const { asked } = askedSoFar();
  const seen = Number(/line (\d+)/.exec(screen.screen())?.[1]);
  await new Promise((resolve) => setTimeout(resolve, 9000));
  project.write("gate", "");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const after = askedSoFar();
  // 50 questions fit into ten seconds; a busy machine may lose some, a loop that stands still loses nearly all.
  expect(after.asked - asked).toBeGreaterThan(25);
  expect(after.longest).toBeLessThan(2000);
  screen.resume();
  await until("the present", () => Number(/line (\d+)/.exec(screen.screen())?.[1]) > seen + 500, screen.screen);
  await until("what happened", () => /failed|crashing|starting/.test(rowOf(screen, "late")), screen.screen);
  // Neither restarted nor unhealthy meanwhile.
  expect(rowOf(screen, "app")).toMatch(/ready +\d+ +ok {12,}/);
});
