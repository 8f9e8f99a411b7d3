import { describe, expect, test } from "vitest";
import { demoConflict } from "../../../fixtures/tui/demo-host.ts";
import { openTestStage, type TestStage } from "./stage.ts";

const shop = [
  { name: "db", port: 5432 },
  { name: "api", port: 3000, needs: ["db"] },
  { name: "web", port: 5173, needs: ["api"] },
] as const;

function block(dashboard: TestStage, ...names: readonly ("db" | "api" | "web")[]): void {
  for (const name of names) {
    const port = shop.find((one) => one.name === name)?.port ?? 0;
    dashboard.host.set(name, { wanted: true, state: { status: "blocked", conflicts: [demoConflict(name, port)] } });
  }
}

describe("the conflict dialog", () => {
  test("says who holds the port, and numbers the answers", () => {
    using dashboard = openTestStage(shop);
    dashboard.host.set("web", { wanted: true });
    block(dashboard, "api");
    const text = dashboard.screen().join("\n");
    expect(text).toContain("Port 3000 is taken");
    expect(text).toContain(
      'api wants port 3000, which is held by node (pid 4242, "node server.js")\n     user ann, for 1h, in /home/ann/old-shop',
    );
    expect(text).toContain("  > 1 n next  take 3001 instead");
    expect(text).toContain("skip  go on without api and what needs it (web)");
  });

  test("offers to remember only what can be remembered: another port", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api");
    dashboard.pass(500);
    expect(dashboard.screen().join("\n")).toContain("[ ] remember the new port");
    dashboard.keys("down", "space");
    expect(dashboard.screen().join("\n")).not.toContain("remember");
    dashboard.keys("up");
    expect(dashboard.screen().join("\n")).toContain("[ ] remember the new port");
    dashboard.keys("space");
    expect(dashboard.screen().join("\n")).toContain("[x] remember the new port");
  });

  test("gives each answer the same digit and letter whether one question is open or several", () => {
    using dashboard = openTestStage(shop);
    const offered = (): readonly string[] =>
      dashboard.screen().flatMap((row) => /^ {2}[ >] (\d \w \w+)/.exec(row)?.[1] ?? []);
    block(dashboard, "api");
    const alone = offered();
    expect(alone).toEqual(["1 n next", "2 x kill", "3 a adopt", "4 w wait", "5 s skip", "6 Q quit"]);
    block(dashboard, "db", "web");
    expect(offered()).toEqual(["0 N next", ...alone]);
    expect(dashboard.screen().join("\n")).toContain("move all 3 to free ports");
    dashboard.pass(500);
    dashboard.keys("w");
    expect(dashboard.host.deedsDone).toEqual(["resolve api wait"]);
  });

  test.each([
    [160, 50],
    [80, 24],
  ])("names all that goes when one is skipped, and cuts nothing, at %ix%i", (columns, rows) => {
    using dashboard = openTestStage([
      { name: "db", port: 5432 },
      { name: "acme-identity-service", needs: ["db"] },
      { name: "acme-payment-service", needs: ["acme-identity-service"] },
      { name: "acme-web-frontend", needs: ["acme-payment-service"] },
    ]);
    dashboard.resize(columns, rows);
    for (const name of ["acme-identity-service", "acme-payment-service", "acme-web-frontend"]) {
      dashboard.host.set(name, { wanted: true });
    }
    dashboard.host.set("db", { wanted: true, state: { status: "blocked", conflicts: [demoConflict("db", 5432)] } });
    const text = dashboard.screen().join(" ").replaceAll(/\s+/g, " ");
    expect(text).toContain(
      "skip go on without db and what needs it (acme-identity-service, acme-payment-service, acme-web-frontend)",
    );
    expect(text).toContain("adopt use what runs there as db; launch will watch it and never stop it");
    expect(dashboard.screen().find((row) => row.includes("db wants port"))).toMatch(/^ {2}db wants/);
  });

  test("ignores what is typed before it has stood for half a second", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api");
    dashboard.pass(499);
    dashboard.keys("1", "enter", "esc");
    expect(dashboard.host.deedsDone).toEqual([]);
    dashboard.pass(1);
    dashboard.keys("1");
    expect(dashboard.host.deedsDone).toEqual(["resolve api next"]);
  });

  test("hears Ctrl-C at once", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api");
    // Of all that the last line says elsewhere, only the last does anything here.
    expect(dashboard.screen().at(-1)?.trim()).toBe("j/k move  Enter as marked  Esc later  Ctrl-C stop all");
    dashboard.keys("ctrl-c");
    expect(dashboard.host.asked.at(-1)).toMatchObject({ type: "quit", by: "SIGINT", force: false });
  });

  test("answers nothing by moving", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api");
    dashboard.pass(500);
    dashboard.keys("down", "j", "k", "up", "down", "down", "down");
    expect(dashboard.host.deedsDone).toEqual([]);
    dashboard.keys("enter");
    expect(dashboard.host.deedsDone).toEqual(["resolve api wait"]);
  });

  test("ends a process only after a second key, which is ignored for half a second as well", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api");
    dashboard.pass(500);
    dashboard.keys("2", "y", "enter");
    expect(dashboard.host.deedsDone).toEqual([]);
    expect(dashboard.screen().join("\n")).toContain("Really stop node (pid 4242), then start api?");
    expect(dashboard.screen().at(-1)).toBe(" y stop it  n/Esc choose again  Ctrl-C stop all");
    dashboard.pass(500);
    dashboard.keys("enter", "2");
    expect(dashboard.host.deedsDone).toEqual([]);
    dashboard.keys("y");
    expect(dashboard.host.deedsDone).toEqual(["resolve api kill"]);
  });

  test("goes back to the choices at once when a process is not to be ended, and marks none that ends one", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api");
    dashboard.pass(500);
    dashboard.keys("2", "n");
    expect(dashboard.screen().join("\n")).toContain("  > 1 n next");
    // Typed twice it must not be taken for the answer of this letter.
    dashboard.keys("n");
    expect(dashboard.host.deedsDone).toEqual([]);
    dashboard.keys("2", "esc");
    expect(dashboard.screen().join("\n")).toContain("  > 1 n next");
    expect(dashboard.host.deedsDone).toEqual([]);
  });

  test("remembers a moved port when that is ticked", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api");
    dashboard.pass(500);
    dashboard.keys("space");
    expect(dashboard.screen().join("\n")).toContain("[x] remember");
    dashboard.keys("enter");
    expect(dashboard.host.deedsDone).toEqual(["resolve api next remember"]);
  });

  test("makes one list of several, and moves all at once", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "db", "api", "web");
    expect(dashboard.screen().join("\n")).toContain("3 port conflicts");
    dashboard.pass(500);
    dashboard.keys("0");
    expect(dashboard.host.deedsDone).toEqual(["resolve db next", "resolve api next", "resolve web next"]);
    expect(dashboard.stage.ui.dialog).toBeUndefined();
  });

  test("waits anew when another conflict changes what the keys mean", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api");
    dashboard.pass(500);
    block(dashboard, "web");
    dashboard.keys("1");
    expect(dashboard.host.deedsDone).toEqual([]);
  });

  test("goes on to the next question, which is not answered by the same stroke", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api", "web");
    dashboard.pass(500);
    dashboard.keys("4", "1", "1");
    expect(dashboard.host.deedsDone).toEqual(["resolve api wait"]);
    expect(dashboard.screen().join("\n")).toContain("Port 5173 is taken");
  });

  test("does not ask again while the answer is under way", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api");
    dashboard.pass(500);
    dashboard.keys("1");
    dashboard.host.set("db", { slow: true });
    expect(dashboard.stage.ui.dialog).toBeUndefined();
    block(dashboard, "api");
    expect(dashboard.stage.ui.dialog?.kind).toBe("conflicts");
  });

  test("can be put aside, is announced in the header, and comes back", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api");
    dashboard.pass(500);
    dashboard.keys("esc");
    expect(dashboard.stage.ui.dialog).toBeUndefined();
    expect(dashboard.screen()[0]).toContain("1 conflict: press C");
    dashboard.keys("C");
    expect(dashboard.stage.ui.dialog?.kind).toBe("conflicts");
  });

  test("is gone when the conflict is", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api");
    dashboard.host.set("api", { state: { status: "idle" } });
    expect(dashboard.stage.ui.dialog).toBeUndefined();
  });

  test("waits while something is being typed", () => {
    using dashboard = openTestStage(shop);
    dashboard.keys("/", "x");
    block(dashboard, "api");
    expect(dashboard.stage.ui.dialog).toBeUndefined();
    dashboard.keys("esc");
    expect(dashboard.stage.ui.dialog?.kind).toBe("conflicts");
  });

  test("keeps the marked answer in sight on a short screen", () => {
    using dashboard = openTestStage(shop);
    block(dashboard, "api", "web");
    dashboard.resize(80, 10);
    dashboard.pass(500);
    dashboard.keys("down", "down", "down", "down");
    expect(dashboard.screen().join("\n")).toMatch(/> 4 w wait/);
    expect(dashboard.screen().length).toBeLessThanOrEqual(10);
  });
});
