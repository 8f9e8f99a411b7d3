// Faults 22 to 26: services that never serve, serve badly, or are not the ones who answer.

import { expect } from "vitest";
import { until } from "../helpers/wait.ts";
import { fault } from "./fault.ts";
import { startRun } from "./run.ts";

const port = "dynamic";

fault(22, async () => {
  await using run = await startRun({
    services: {
      api: { command: "sleep 1000 & sleep 1001", ready: { log: "never", timeout: "300ms" }, restart: "no" },
      web: { command: "exec sleep 1000", depends_on: ["api"] },
    },
  });
  const failed = await run.events.state("api", "failed");
  expect(failed.reason).toMatch(/^not ready within /);
  expect(await run.ended).toBe(1);
  expect(run.events.states("web")).not.toContain("starting");
  await run.nothingLeft();
});

fault(23, async () => {
  await using run = await startRun({
    services: {
      api: { command: "echo up; exit 1", ready: { log: "up" }, restart: "no" },
      web: { command: "exec sleep 1000", depends_on: ["api"] },
    },
  });
  await run.events.state("api", "failed");
  expect(await run.ended).toBe(1);
  const states = run.events.states("api");
  expect(states.slice(states.indexOf("failed"))).toEqual(["failed"]);
  await run.nothingLeft();
});

fault(24, async () => {
  const flaps = `let asked = 0;
    require("node:http").createServer((_, response) => {
      response.statusCode = asked++ % 2 === 0 ? 200 : 500;
      if (asked === 20) console.log("asked 20 times");
      response.end();
    }).listen(process.env.PORT, "127.0.0.1");`;
  const health = { http: "/", interval: "20ms", failures: 2, restart: true };
  await using run = await startRun(
    { services: { api: { command: ["node", "flaps.cjs"], port, ready: { tcp: "main" }, health } } },
    { files: { "flaps.cjs": flaps } },
  );
  await run.events.find({ type: "log", line: "asked 20 times" });
  expect(await run.end()).toBe(0);
  expect(run.events.all.filter(({ health: word, restarts }) => word === "unhealthy" || (restarts ?? 0) > 0)).toEqual(
    [],
  );
  await run.nothingLeft();
});

fault(25, async () => {
  // What a request for health gets; any other is answered at once.
  const answers = {
    hangs: "",
    trickles: `setInterval(() => response.socket.write("X-Still: here\\r\\n"), 20); response.socket.write("HTTP/1.1 200 OK\\r\\n");`,
    floods: `response.writeHead(200); const more = () => { while (response.write(Buffer.alloc(65536))); }; response.on("drain", more); more();`,
    redirects: `console.log("asked"); response.writeHead(302, { location: "/health" }).end();`,
  };
  const files = Object.entries(answers).map(([name, code]) => [
    `${name}.cjs`,
    `require("node:http").createServer((request, response) => { ${code} }).listen(process.env.PORT, "127.0.0.1");`,
  ]);
  const service = (name: string, more: object): object => ({
    command: ["node", `${name}.cjs`],
    port,
    health: { http: "/health", interval: "100ms", timeout: "200ms", failures: 1, ...more },
  });
  await using run = await startRun(
    {
      services: {
        hangs: service("hangs", {}),
        trickles: service("trickles", {}),
        floods: service("floods", { body: "never there" }),
        redirects: service("redirects", { interval: "20ms" }),
      },
    },
    { files: Object.fromEntries(files) as Record<string, string> },
  );
  for (const name of ["hangs", "trickles", "floods"]) await run.events.find({ service: name, health: "unhealthy" });
  await run.events.find({ service: "redirects", health: "healthy" });
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
});

fault(26, async () => {
  const stranger = `require("node:net").createServer(() => {}).listen(process.argv[2], "127.0.0.1", () => require("node:fs").writeFileSync("there", ""));`;
  await using run = await startRun(
    {
      services: {
        api: {
          command: "until [ -e there ]; do sleep 0.02; done; echo alone; exec sleep 1000",
          port,
          ready: { tcp: "main" },
        },
      },
    },
    {
      files: { "stranger.cjs": stranger },
      // Outside of launch: it waits until the port is known.
      before: "(until [ -s port ]; do sleep 0.02; done; exec node stranger.cjs $(cat port)) & stranger=$!",
    },
  );
  const { ports } = await run.events.state("api", "started");
  run.project.write("port", String(ports?.["main"]));
  await until(
    "the stranger to be noticed",
    () =>
      run.events.all.some(({ type, service, state }) => service === "api" && (type === "moved" || state === "blocked")),
    run.said,
  );
  expect(
    run.events.all.filter(({ phase, ports: now }) => phase === "ready" && now?.["main"] === ports?.["main"]),
  ).toEqual([]);
  await run.end();
  run.inside("kill $stranger; wait $stranger");
  await run.nothingLeft();
});
