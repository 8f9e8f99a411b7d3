// What the lower pane can show beside logs, and how everything is shown without colours and without other characters.

import { describe, expect, it } from "vitest";
import { freePorts } from "../../integration/ports/strangers.ts";
import { asked, escape, openDashboard, rowOf, startDashboard, untilRow } from "./dashboard.ts";

const chain = {
  db: { command: "echo no luck; exit 3", restart: "no" },
  api: { command: "sleep 1000", depends_on: ["db"] },
  web: { command: "sleep 1000", depends_on: ["api"] },
};

describe("the views", () => {
  it.concurrent("tell why a service does not run, down to the cause", async () => {
    await using dashboard = startDashboard({ services: chain });
    const { screen } = dashboard;
    await screen.until("0 of 3 up");
    screen.type("3w");
    await screen.until("[ why web ]");
    await screen.until(
      /^ web waits for api to be ready\n +└ api waits for db to be ready\n +└ db failed: .*exit code 3; its last words: no luck$/m,
    );
    // The view follows the selection.
    screen.type("1");
    await screen.until("[ why db ]");
    await screen.until(/last end +.*exit code 3/);
    expect(screen.screen()).toMatch(/needed by +api/);
  });

  it.concurrent("tell all about a run: its ports, probes, processes, and the names in its environment but no values", async () => {
    const [port] = await freePorts(1);
    await using dashboard = await openDashboard({
      services: {
        api: {
          command: "serve.js",
          port,
          env: { TOKEN: "hunter2" },
          ready: { http: "/" },
          health: { http: "/health", interval: "100ms", failures: 1 },
        },
      },
    });
    const { screen, project } = dashboard;
    screen.type("i");
    await screen.until(/run +1, pid \d+, ready for/);
    await screen.until(new RegExp(`ports +${port}`));
    await screen.until(`http://localhost:${port}`);
    await screen.until(/command +serve\.js/);
    await screen.until(/environment +[^]*TOKEN[^]*processes/);
    await screen.until(/health +healthy: answers \/health, every 100ms/);
    await screen.until(/processes {2}cpu[^]*serve\.js/);
    expect(screen.screen()).not.toContain("hunter2");
    await untilRow(screen, "api", / ok /);
    project.write("sick", "");
    expect(await untilRow(screen, "api", /unhealthy/)).toContain("answered 503");
    await screen.until(/health +unhealthy/);
  });

  it.concurrent("show who needs whom with states, and what happened and was decided", async () => {
    await using dashboard = await openDashboard({
      services: {
        db: "sleep 1000",
        api: { command: "sleep 1000", depends_on: ["db"] },
        web: { command: "sleep 1000", depends_on: ["api", "db"] },
      },
    });
    const { screen } = dashboard;
    screen.type("d");
    await screen.until("[ tree ]");
    await screen.until(/web {2}ready *\n +├ api {2}ready *\n > +│ {2}└ db {2}ready *\n > +└ db {2}ready/);
    screen.type("J");
    await screen.until("[ journal ]");
    await screen.until(
      /asked to start db, api, web[^]*db +starting[^]*web +ready after[^]*on the critical path[^]*all up after/,
    );
    screen.type(escape);
    await screen.until("[ db ]");
  });

  it.concurrent("show all keys, scroll, and find actions by their words", async () => {
    await using dashboard = await openDashboard({ services: { app: "sleep 1000" } }, { columns: 80, rows: 24 });
    const { screen } = dashboard;
    screen.type("?");
    await screen.until(/next-service +select the next service/);
    screen.type("G");
    await screen.until(/Ctrl-C +stop +stop everything gracefully/);
    screen.type(":");
    await screen.until("Actions");
    screen.type("journ");
    await screen.until(/> journal +J +what happened/);
    screen.type("\r");
    await screen.until("[ journal ]");
    screen.type("z");
    await screen.untilGone("SERVICE");
    screen.type("z");
    await screen.until("SERVICE");
  });
});

describe("every picture", () => {
  it.concurrent("has no colour with NO_COLOR, and loses nothing by that", async () => {
    const scene = { env: { NO_COLOR: "1" }, files: { text: "\u001b[31mred\u001b[0m words\n" } };
    await using dashboard = await openDashboard({ services: { app: "cat text; exec sleep 1000" } }, scene);
    const { screen } = dashboard;
    await screen.until("red words");
    expect(rowOf(screen, "app")).toMatch(/^ > app +ready/);
    screen.type("/words\r");
    await screen.until("1 of 1");
    expect(screen.screen()).toMatch(/^\*.*red words/m);
    screen.type("?");
    await screen.until("[ help ]");
    screen.type("q");
    await asked(screen, "Quit?");
    const styles = [...screen.raw().matchAll(/\u001b\[([\d;]*)m/g)].flatMap(([, codes = ""]) => codes.split(";"));
    // Bold, dim, underline and inverse, and their ends.
    expect(styles.filter((code) => !["", "0", "1", "2", "4", "7", "22", "24", "27"].includes(code))).toEqual([]);
  });

  it.concurrent("has no characters beyond ASCII with --ascii, but for what programs print", async () => {
    await using dashboard = await openDashboard(
      { services: { db: "sleep 1000", app: { command: "sleep 1000", depends_on: ["db"] } } },
      { args: ["--ascii"] },
    );
    const { screen } = dashboard;
    for (const [keys, words] of [
      ["2w", "[ why app ]"],
      ["d", "[ tree ]"],
      ["J", "[ journal ]"],
      ["?", "[ help ]"],
      [":", "Actions"],
    ] as const) {
      screen.type(keys);
      await screen.until(words);
    }
    screen.type(escape);
    await screen.untilGone("Actions");
    screen.type("q");
    await screen.until("Quit?");
    expect(screen.raw()).toMatch(/^[\u0000-\u007e]*$/);
  });
});
