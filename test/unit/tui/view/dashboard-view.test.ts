import { renderToString } from "ink";
import { createElement } from "react";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { DashboardView } from "../../../../src/tui/view/dashboard-view.tsx";
import { demoConflict } from "../../../fixtures/tui/demo-host.ts";
import { openTestStage } from "../model/stage.ts";

test("the chrome stands where the layout says, at every size, and is never larger than the screen", () => {
  using dashboard = openTestStage(
    Array.from({ length: 20 }, (_, index) => ({ name: `service-${index}`, port: 4000 + index })),
  );
  dashboard.host.set("service-3", { state: { status: "blocked", conflicts: [demoConflict("service-3", 4003)] } });
  for (const [columns, rows] of [
    [160, 50],
    [80, 24],
    [58, 20],
    [40, 10],
  ] as const) {
    dashboard.resize(columns, rows);
    const picture = dashboard.open.picture();
    const frame = renderToString(createElement(DashboardView, { picture, colors: true }), { columns });
    const drawn = stripVTControlCharacters(frame).split("\n");
    expect(drawn).toHaveLength(rows);
    expect(Math.max(...drawn.map((row) => row.length))).toBeLessThanOrEqual(columns);
    expect(drawn[picture.layout.header.top]).toContain("shop-dev");
    if (picture.layout.table.height > 0) expect(drawn[picture.layout.table.top]).toContain("SERVICE");
    expect(drawn[picture.layout.dialog.top]).toContain("Port 4003 is taken");
    expect(drawn.slice(picture.layout.lower.top, picture.layout.footer.top).join("").trim()).toBe("");
  }
});

test("colours are left out where they are unwanted, and nothing else is", () => {
  using dashboard = openTestStage([{ name: "db" }], { colors: false });
  dashboard.host.set("db", { wanted: true, state: { status: "failed", failure: { kind: "did-not-stop" } } });
  const picture = dashboard.open.picture();
  const frame = renderToString(createElement(DashboardView, { picture, colors: false }), { columns: 120 });
  expect(frame).not.toMatch(/\u001b\[3\dm/);
  expect(frame).toContain("failed");
});
