// A port that somebody else has: the dialog, what its answers do, and that nothing is answered by accident.

import { describe, expect, it } from "vitest";
import { isAlive } from "../../helpers/processes.ts";
import { startScreen } from "../../helpers/screen.ts";
import { until } from "../../helpers/wait.ts";
import { freePort, freePorts, startListener, startNode, type Stranger } from "../../integration/ports/strangers.ts";
import {
  asked,
  ctrlC,
  type Dashboard,
  escape,
  openDashboard,
  rowOf,
  startDashboard,
  untilRow,
  servicesIn,
} from "./dashboard.ts";

interface Contested extends AsyncDisposable {
  readonly dashboard: Dashboard;
  readonly stranger: Stranger;
  readonly port: number;
  readonly next: number;
}

/** `api` wants a port that a stranger has; `web` needs it, `other` does not. */
async function openContested(): Promise<Contested> {
  const things = new AsyncDisposableStack();
  const stranger = things.use(await startListener("127.0.0.1"));
  const { port } = stranger;
  // A pool of its own: what is offered stays free while the question stands.
  const [from = 0] = await freePorts(4);
  const services = {
    api: { command: "serve.js", port },
    web: { command: 'echo "told $API_PORT"; exec sleep 1000', depends_on: ["api"] },
    other: "exec sleep 1000",
  };
  const dashboard = things.use(startDashboard({ services, port_pool: { range: `${from}-${from + 3}` } }));
  await asked(dashboard.screen, `Port ${port} is taken`);
  return { dashboard, stranger, port, next: from, [Symbol.asyncDispose]: () => things.disposeAsync() };
}

/** The digit of an answer. */
function digitOf(dashboard: Dashboard, choice: string): string {
  return new RegExp(`^[ >]+(\\d) \\w ${choice} `, "m").exec(dashboard.screen.screen())?.[1] ?? "";
}

describe("the dialog about a taken port", () => {
  it.concurrent("says who has it, lets the others go on, and moves the service", async () => {
    await using contested = await openContested();
    const { dashboard, stranger, port, next } = contested;
    const { screen } = dashboard;
    expect(screen.screen()).toContain(`api wants port ${port}, which is held by node (pid ${stranger.pid}`);
    expect(screen.screen()).toMatch(/user \w+, for [\d.]+m?s, in \//);
    expect(rowOf(screen, "api")).toMatch(/blocked .*port \d+ is taken/);
    expect(rowOf(screen, "web")).toMatch(/waiting .*api/);
    await untilRow(screen, "other", /ready/);
    // What is marked is the answer that harms nobody.
    expect(screen.screen()).toMatch(new RegExp(`> 1 n next +take ${next} instead.*web`));
    screen.type("\r");
    await screen.untilGone("is taken");
    expect(await untilRow(screen, "api", /ready/)).toContain(`${port}→${next}`);
    await screen.until("all up after");
    screen.type("2");
    await screen.until(`told ${next}`);
    screen.type("J");
    await screen.until(/api +next: /);
    await screen.until(new RegExp(`port ${port} → ${next}`));
    expect(isAlive(stranger.pid)).toBe(true);
  });

  it("ignores keys that were typed before it stood for a moment", async () => {
    await using stranger = await startListener("127.0.0.1");
    const { port } = stranger;
    await using dashboard = startDashboard({ services: { api: { command: "serve.js", port } } });
    const { screen } = dashboard;
    await screen.until("SERVICE");
    // Typed ahead, again and again, until the dialog has been there for a while.
    const end = performance.now() + 5000;
    while (!screen.screen().includes("is taken") && performance.now() < end) {
      screen.type("1");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    screen.type("1\r\r12345");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(screen.screen()).toContain("is taken");
    expect(rowOf(screen, "api")).toContain("blocked");
    screen.type(ctrlC);
    await screen.ended;
  });

  it.concurrent("ends the holder only after it was asked for twice", async () => {
    await using contested = await openContested();
    const { dashboard, stranger, port } = contested;
    const { screen } = dashboard;
    const kill = digitOf(dashboard, "kill");
    screen.type(kill);
    await screen.until(/Really stop .*\?/);
    // Typed too soon after the question has changed.
    screen.type("y");
    await asked(screen, "Really");
    expect(isAlive(stranger.pid)).toBe(true);
    screen.type("n");
    await screen.untilGone("Really");
    screen.type(kill);
    await asked(screen, "Really");
    screen.type("y");
    await until("the end of the stranger", () => !isAlive(stranger.pid));
    expect(await untilRow(screen, "api", /ready/)).toContain(String(port));
  });

  it.concurrent("takes what runs there as the service, and leaves it alone at the end", async () => {
    const port = await freePort();
    await using stranger = await startNode(`
      import { createServer } from "node:http";
      createServer((_, response) => response.end("stranger")).listen(${port}, "127.0.0.1", () => console.log("up"));`);
    await using dashboard = startDashboard({ services: { api: { command: "serve.js", port, ready: { http: "/" } } } });
    const { screen } = dashboard;
    await asked(screen, "is taken");
    screen.type(digitOf(dashboard, "adopt"));
    await untilRow(screen, "api", /adopted/);
    await screen.until("all up after");
    screen.type(ctrlC);
    expect((await screen.ended).code).toBe(0);
    expect(isAlive(stranger.pid)).toBe(true);
  });

  it.concurrent("waits until the port is free", async () => {
    await using contested = await openContested();
    const { dashboard, stranger, port } = contested;
    const { screen } = dashboard;
    screen.type(digitOf(dashboard, "wait"));
    await untilRow(screen, "api", /blocked .*wait chosen/);
    await stranger.end();
    expect(await untilRow(screen, "api", /ready/)).toContain(String(port));
  });

  it.concurrent("goes on without the service and what needs it", async () => {
    await using contested = await openContested();
    const { dashboard } = contested;
    const { screen } = dashboard;
    screen.type(digitOf(dashboard, "skip"));
    await untilRow(screen, "api", /skipped/);
    await untilRow(screen, "other", /ready/);
    expect(rowOf(screen, "web")).not.toMatch(/ready|starting/);
  });

  it.concurrent("stops everything when that is the answer", async () => {
    await using contested = await openContested();
    const { dashboard, stranger } = contested;
    dashboard.screen.type(digitOf(dashboard, "quit"));
    expect((await dashboard.screen.ended).code).toBe(3);
    expect(servicesIn(dashboard.project)).toEqual([]);
    expect(isAlive(stranger.pid)).toBe(true);
  });

  it.concurrent("keeps the new port for the next run when it is told to", async () => {
    await using contested = await openContested();
    const { dashboard, next } = contested;
    const { screen, project } = dashboard;
    screen.type(" ");
    await screen.until("[x] remember");
    screen.type("1");
    await screen.until("all up after");
    screen.type(ctrlC);
    expect((await screen.ended).code).toBe(0);
    expect(project.read(".launch/state.json")).toContain(String(next));
  });

  it.concurrent("can be put aside and taken up again, and goes when the holder leaves", async () => {
    await using contested = await openContested();
    const { dashboard, stranger } = contested;
    const { screen } = dashboard;
    screen.type(escape);
    await screen.untilGone("is taken ─");
    await screen.until("1 conflict: press C");
    screen.type("w");
    await screen.until("[ why api ]");
    screen.type("C");
    await screen.until(/Port \d+ is taken ─/);
    await stranger.end();
    await screen.untilGone("is taken");
    await untilRow(screen, "api", /ready/);
  });
});

describe("several at once, and later ones", () => {
  it.concurrent("are one list, answered one by one or together", async () => {
    await using first = await startListener("127.0.0.1");
    await using second = await startListener("127.0.0.1");
    await using third = await startListener("127.0.0.1");
    const [from = 0] = await freePorts(6);
    await using dashboard = startDashboard({
      services: {
        one: { command: "serve.js", port: first.port },
        two: { command: "serve.js", port: second.port },
        three: { command: "serve.js", port: third.port },
      },
      port_pool: { range: `${from}-${from + 5}` },
    });
    const { screen } = dashboard;
    await asked(screen, "3 port conflicts");
    expect(screen.screen()).toMatch(/> one {2}port \d+\n +two {2}port \d+\n +three {2}port \d+/);
    screen.type("\t");
    await screen.until(/> two {2}port/);
    screen.type(digitOf(dashboard, "skip"));
    await asked(screen, "2 port conflicts");
    screen.type("N");
    await screen.untilGone("port conflicts");
    await untilRow(screen, "one", /ready/);
    await untilRow(screen, "three", /ready/);
    expect(rowOf(screen, "two")).toContain("skipped");
  });

  it.concurrent("come at a later start as well, while everything else is at work", async () => {
    await using stranger = await startListener("127.0.0.1");
    const { port } = stranger;
    await using dashboard = await openDashboard(
      { services: { other: "sleep 1000", api: { command: "serve.js", port } } },
      { args: ["other"] },
    );
    const { screen } = dashboard;
    screen.type("2s");
    await asked(screen, `Port ${port} is taken`);
    expect(rowOf(screen, "other")).toContain("ready");
    screen.type("1");
    expect(await untilRow(screen, "api", /ready/)).toContain(`${port}→`);
  });

  it.concurrent("are open to whoever looks at the run, and answered by the first who does", async () => {
    await using contested = await openContested();
    const { dashboard, port, next } = contested;
    await using second = startScreen(dashboard.project, ["attach"], { afterwards: async () => {} });
    await asked(second, `Port ${port} is taken`);
    second.type("1");
    await second.untilGone("is taken");
    await dashboard.screen.untilGone("is taken");
    expect(await untilRow(dashboard.screen, "api", /ready/)).toContain(`${port}→${next}`);
    second.type("q");
    expect((await second.ended).code).toBe(0);
  });
});
