// Ports of UDP, and one number on several addresses.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { launch, startJson } from "../helpers/launch.ts";
import { newProject } from "../helpers/project.ts";
import { freePort, freePorts, startNode } from "../integration/ports/strangers.ts";

/** A server of datagrams that takes a moment to bind, and says each that it gets back. */
const echo = {
  "echo.mjs": `
    import { createSocket } from "node:dgram";
    const socket = createSocket("udp4").on("message", (message, from) => socket.send(message, from.port, from.address));
    setTimeout(() => socket.bind(Number(process.env.PORT), "127.0.0.1"), 100);`,
};

async function echoed(port: number, text: string): Promise<string> {
  const socket = createSocket("udp4");
  socket.send(text, port, "127.0.0.1");
  const [message] = (await once(socket, "message")) as [Buffer];
  socket.close();
  return message.toString();
}

describe("a port of UDP", () => {
  test("makes a service ready once its own socket is there, run after run", async () => {
    const port = await freePort();
    await using project = newProject(
      { services: { echo: { command: "exec node echo.mjs", port: { preferred: port, protocol: "udp" } } } },
      echo,
    );
    await using run = startJson(project);
    const first = await run.events.state("echo", "ready");
    expect(first["verified"]).toBe(true);
    expect(await echoed(port, "one")).toBe("one");
    process.kill(first.pid!, "SIGKILL");
    const second = await run.events.find({ type: "state", service: "echo", phase: "ready", run: 2 });
    expect(second).toMatchObject({ ports: { main: port }, verified: true });
    expect(await echoed(port, "two")).toBe("two");
    expect(await run.end("SIGINT")).toBe(0);
  });

  test("that a stranger has is a conflict that names it; the same number of TCP is none", async () => {
    await using stranger = await startNode(`
      import { createSocket } from "node:dgram";
      const socket = createSocket("udp4").bind(0, "127.0.0.1", () => console.log(socket.address().port));`);
    const port = Number(stranger.line);
    await using project = newProject({
      services: {
        names: { command: "touch started; sleep 100", port: { preferred: port, protocol: "udp" } },
        web: { command: "serve.js", port },
      },
    });
    const { code, stdout } = await launch(project, []);
    expect(code).toBe(3);
    expect(stdout).toContain(`UDP port ${port} is held by node (pid ${stranger.pid}`);
    expect(stdout).not.toMatch(/^web .*blocked/m);
    expect(project.has("started")).toBe(false);
  });

  test("is adopted as it is, and its end is noticed", async () => {
    await using stranger = await startNode(`
      import { createSocket } from "node:dgram";
      const socket = createSocket("udp4").bind(0, "127.0.0.1", () => console.log(socket.address().port));`);
    const port = Number(stranger.line);
    await using project = newProject({
      services: { names: { command: "sleep 100", port: { preferred: port, protocol: "udp" } } },
    });
    await using run = startJson(project, ["--on-conflict", "adopt"]);
    await run.events.find({ type: "up" });
    await stranger.end();
    await run.events.find({ type: "state", service: "names", phase: "started" });
    expect(await run.end("SIGINT")).toBe(0);
  });
});

test("one number on two addresses is two ports, for claims and for probes", async () => {
  const [port] = await freePorts(1);
  const say = (text: string): readonly string[] => [
    "node",
    "-e",
    `require("node:http").createServer((_, answer) => answer.end("${text}")).listen(process.env.PORT, process.env.HOST)`,
  ];
  await using project = newProject({
    services: {
      left: { command: say("left"), host: "127.0.0.1", port, ready: { http: "/", body: "left" } },
      right: { command: say("right"), host: "127.0.0.2", port, ready: { http: "/", body: "right" } },
    },
  });
  const { code, stdout } = await launch(project, [
    "run",
    "-q",
    "--",
    process.execPath,
    "-e",
    `Promise.all(["127.0.0.1", "127.0.0.2"].map(async (host) => (await fetch("http://" + host + ":${port}")).text())).then((all) => console.log(all.join(" ")))`,
  ]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "left right\n" });
});
