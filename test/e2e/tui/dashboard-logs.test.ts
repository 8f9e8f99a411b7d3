// The log in a real terminal: read, searched, filtered, shown in other ways.

import { appendFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openDashboard, printing } from "./dashboard.ts";
import { launch, startJson } from "../../helpers/launch.ts";
import { newProject } from "../../helpers/project.ts";
import { startScreen } from "../../helpers/screen.ts";
import { until } from "../../helpers/wait.ts";

const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `line ${index + 1} here`);
const rows = { columns: 100, rows: 24 };

describe("reading", () => {
  it.concurrent("follows what is written, stays where one scrolls to, and follows again", async () => {
    const { services, files } = printing(numbered(200));
    await using dashboard = await openDashboard({ services: { ...services } }, { ...rows, files });
    const { screen, project } = dashboard;
    const log = ".launch/logs/app.log";
    await screen.until(/line 200 here\n/);
    expect(screen.screen()).toMatch(/follow ─/);
    screen.type("\u001b[5~");
    await screen.untilGone("line 200 here");
    await screen.until(/paused|\+0 new/);
    appendFileSync(project.path(log), "one more\n");
    await screen.until("+1 new");
    expect(screen.screen()).not.toContain("one more");
    screen.type("G");
    await screen.until("one more");
    screen.type("g");
    await screen.until(/line 1 here/);
    screen.type("\u0005");
    await screen.untilGone(/line 1 here/);
    screen.type(" ");
    await screen.until("one more");
    screen.type("t");
    await screen.until(/^ line 200 here/m);
  });

  it.concurrent("goes back into what a former run has written", async () => {
    await using project = newProject({ services: { app: "echo run $$; exec sleep 1000" } });
    const run = async (): Promise<string> => {
      await using going = startJson(project);
      const { line } = await going.events.find({ type: "log" });
      await going.end("SIGTERM");
      return String(line);
    };
    const former = await run();
    await using screen = startScreen(project);
    await screen.until("all up");
    await screen.until(/run \d+/);
    expect(screen.screen()).not.toContain(former);
    // Once to the beginning of this run, then to what is older.
    screen.type("gg");
    await screen.until(former);
    screen.type("\u0003");
    expect((await screen.ended).code).toBe(0);
    expect((await launch(project, ["status"])).code).toBe(4);
  });

  it.concurrent("shows the logs of all services in one, each line with its service", async () => {
    await using dashboard = await openDashboard({
      services: { first: "echo one; exec sleep 1000", second: "echo two; exec sleep 1000" },
    });
    const { screen } = dashboard;
    await screen.until("one");
    expect(screen.screen()).not.toMatch(/ two$/m);
    screen.type("m");
    await screen.until("[ all ]");
    await screen.until(/first +one$/m);
    await screen.until(/second +two$/m);
    screen.type("jm");
    await screen.until("[ second ]");
    await screen.untilGone(/ one$/m);
  });
});

describe("finding", () => {
  const lines = [
    ...numbered(60),
    "GET /cart 200",
    "ERROR upstream Timeout",
    "    at fetch (api.js:1)",
    ...numbered(60),
    "WARN timeout soon",
    "the last line",
  ];

  it.concurrent("searches while one types, counts, and steps from match to match", async () => {
    const { services, files } = printing(lines);
    await using dashboard = await openDashboard({ services: { ...services } }, { ...rows, files });
    const { screen } = dashboard;
    await screen.until("the last line");
    screen.type("/timeout");
    await screen.until("2 of 2");
    screen.type("\r");
    await screen.until("? help");
    expect(screen.screen()).toMatch(/^\*.*WARN timeout soon/m);
    screen.type("N");
    await screen.until("1 of 2");
    expect(screen.screen()).toMatch(/^\*.*ERROR upstream Timeout/m);
    screen.type("N");
    await screen.until("from the end again");
    screen.type("n");
    await screen.until("from the start again");
    screen.type("/\u0015/ti.e?out +s/\r");
    await screen.until("1 of 1");
    screen.type("/nowhere\r");
    await screen.until("no match");
    screen.type("\u001b");
    await screen.untilGone("no match");
  });

  it.concurrent("shows only what matches, only what does not, and only what is bad enough", async () => {
    const { services, files } = printing(lines);
    await using dashboard = await openDashboard({ services: { ...services } }, { ...rows, files });
    const { screen } = dashboard;
    await screen.until("the last line");
    screen.type("ftimeout\r");
    await screen.until("filter timeout");
    await screen.until(/upstream Timeout\n.*timeout soon\n/);
    expect(screen.screen()).not.toContain("the last line");
    screen.type("f!here\r");
    await screen.until("filter !here");
    await screen.until(/GET \/cart 200\n.*upstream Timeout\n.*at fetch.*\n.*timeout soon\n.*the last line/);
    screen.type("\u001b");
    await screen.until(/line 60 here/);
    screen.type("L");
    await screen.until("warn and worse");
    await screen.until(/upstream Timeout\n.*at fetch.*\n.*timeout soon\n/);
    screen.type("L");
    await screen.until("errors only");
    await screen.untilGone("timeout soon");
    screen.type("L");
    await screen.until("the last line");
  });

  it.concurrent("goes to the next error", async () => {
    const { services, files } = printing(lines);
    await using dashboard = await openDashboard({ services: { ...services } }, { ...rows, files });
    const { screen } = dashboard;
    await screen.until("the last line");
    screen.type("gE");
    await screen.until(/^\*.*ERROR upstream Timeout/m);
    screen.type("E");
    await screen.until("no error further down");
  });
});

describe("showing in another way", () => {
  it.concurrent("wraps, moves sideways, marks and clears", async () => {
    const long = `begin ${"-".repeat(150)} middle ${"-".repeat(30)} end`;
    const { services, files } = printing([long, "short"]);
    await using dashboard = await openDashboard({ services: { ...services } }, { ...rows, files });
    const { screen, project } = dashboard;
    await screen.until("short");
    expect(screen.screen()).not.toContain("middle");
    screen.type("W");
    await screen.until(/begin -+\n[ -]+middle/);
    screen.type("W]]]]]]]");
    await screen.until(/from column \d+/);
    await screen.until("middle");
    expect(screen.screen()).not.toContain("begin");
    screen.type("[[[[[[[");
    await screen.until("begin");
    screen.type("M");
    await screen.until(/short\n ── \d\d:\d\d:\d\d ──/);
    const log = ".launch/logs/app.log";
    appendFileSync(project.path(log), "after the mark\n");
    await screen.until(/ ──\n.*after the mark/);
    screen.type("c");
    await screen.until("cleared");
    expect(screen.screen()).not.toContain("after the mark");
    expect(project.read(log)).toContain("after the mark");
    screen.type("c");
    await screen.until("after the mark");
  });

  it.concurrent("keeps its shape whatever is printed", async () => {
    const odd = [
      "emoji 👩‍👩‍👧 ⚠️ 🏳️‍🌈 end",
      "東京タワー 東京タワー",
      "10%\r50%\r100% loaded",
      `long ${"y".repeat(90_000)}`,
      "\u001b[2J\u001b[H\u001b]0;title\u0007\u001b[31mred\u001b[0m clean",
      "tab\tstop \u0007bell \u009b2J",
      "the last line",
    ];
    const { services, files } = printing(odd);
    await using dashboard = await openDashboard({ services: { ...services } }, { ...rows, files });
    const { screen } = dashboard;
    await screen.until("the last line");
    const shape = (): void => {
      expect(screen.row(0)).toMatch(/^ launch /);
      expect(screen.row(1)).toMatch(/^ {3}SERVICE/);
      expect(screen.row(2)).toMatch(/^ > app +ready/);
      expect(screen.row(3)).toMatch(/\[ app \]/);
      expect(screen.row(23)).toMatch(/\? help/);
    };
    shape();
    expect(screen.screen()).toContain("100% loaded");
    expect(screen.screen()).not.toContain("50%");
    expect(screen.screen()).toMatch(/東京タワー 東京タワー/);
    expect(screen.screen()).toMatch(/ red clean$/m);
    expect(screen.raw()).not.toContain("\u001b]0;title");
    screen.type("W");
    await screen.until("wrap");
    screen.type("g");
    await screen.until("emoji");
    shape();
    screen.resize(61, 30);
    await until("the new size", () => screen.row(29).includes("quit"), screen.screen);
    expect(screen.row(0)).toMatch(/^ launch/);
  });
});
