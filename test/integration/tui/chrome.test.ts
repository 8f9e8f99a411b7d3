import { renderToString } from "ink";
import { createElement } from "react";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { chromeRows } from "../../../src/tui/model/picture.ts";
import { Chrome } from "../../../src/tui/view/chrome.tsx";
import { demoConflict } from "../../fixtures/tui/demo-host.ts";
import { openTestStage } from "../../unit/tui/model/stage.ts";

test("the chrome has the rows that the layout leaves it, at every size, and none is wider than the screen", () => {
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
    const chrome = { rows: chromeRows(dashboard.stage, picture), columns };
    const frame = renderToString(createElement(Chrome, chrome), { columns });
    const drawn = stripVTControlCharacters(frame).split("\n");
    const { header, dialog, footer } = picture.layout;
    expect(drawn).toHaveLength(header.height + dialog.height + footer.height);
    expect(Math.max(...drawn.map((row) => row.length))).toBeLessThanOrEqual(columns);
    expect(drawn[0]).toContain("shop-dev");
    expect(drawn[1]).toContain("Port 4003 is taken");
    expect(drawn.at(-1)).toContain("Ctrl-C stop all");
  }
});

test("colours are left out where they are unwanted, and nothing else is", () => {
  using dashboard = openTestStage([{ name: "db" }], { colors: false });
  dashboard.host.set("db", { wanted: true, state: { status: "failed", failure: { kind: "did-not-stop" } } });
  const picture = dashboard.open.picture();
  const chrome = { rows: chromeRows(dashboard.stage, picture), columns: 120 };
  const frame = renderToString(createElement(Chrome, chrome), { columns: 120 });
  expect(frame).not.toMatch(/\u001b\[3\dm/);
  expect(frame).toContain("1 failed");
});
