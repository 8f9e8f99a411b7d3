// A stage on a fleet in memory, without a terminal: what was asked of the terminal is kept.

import { stripVTControlCharacters } from "node:util";
import { plain } from "../../../../src/tui/model/line.ts";
import { lowerRows } from "../../../../src/tui/model/lower.ts";
import { openStage, type OpenStage } from "../../../../src/tui/model/open-stage.ts";
import { press } from "../../../../src/tui/model/press.ts";
import type { End, Stage } from "../../../../src/tui/model/stage.ts";
import type { Preferences } from "../../../../src/tui/host.ts";
import { type DemoHost, type DemoService, openDemoHost } from "../../../fixtures/tui/demo-host.ts";

/** A dashboard that nobody sees. */
export interface TestStage extends Disposable {
  readonly host: DemoHost;
  readonly stage: Stage;
  readonly open: OpenStage;
  readonly sent: string[];
  readonly ends: End[];
  /** Lets this process's clock go on. */
  pass(milliseconds: number): void;
  resize(columns: number, rows: number): void;
  keys(...names: readonly string[]): void;
  /** All rows of the screen, without colours. */
  screen(): readonly string[];
}

/** Opens one. */
export function openTestStage(services: readonly DemoService[], preferences: Partial<Preferences> = {}): TestStage {
  const host = openDemoHost(services, { colors: false, ...preferences });
  const sent: string[] = [];
  const ends: End[] = [];
  let size = { columns: 120, rows: 30 };
  let now = 10_000;
  const open = openStage(
    host,
    {
      size: () => size,
      refresh: () => {},
      lend: (work) => work(),
      send: (sequence) => void sent.push(sequence),
      setMouse: (isOurs) => void sent.push(`mouse ${isOurs}`),
      stream: () => Promise.resolve(void sent.push("stream")),
      leave: (end) => void ends.push(end),
    },
    () => now,
  );
  const reading = host.session.subscribe((entry) => open.take(entry));
  open.picture();
  return {
    host,
    stage: open.stage,
    open,
    sent,
    ends,
    pass: (milliseconds) => void (now += milliseconds),
    resize(columns, rows) {
      size = { columns, rows };
      open.picture();
    },
    keys(...names) {
      for (const name of names) {
        press(open.stage, name);
        open.picture();
      }
    },
    screen() {
      open.stage.logs.poll(0);
      while (open.stage.pane.advance(100) === "more");
      const { header, table, dialog, footer } = open.picture();
      return [header, ...table, ...dialog]
        .map(plain)
        .concat(lowerRows(open.stage), plain(footer))
        .map((row) => stripVTControlCharacters(row).trimEnd());
    },
    [Symbol.dispose]() {
      reading[Symbol.dispose]();
      open[Symbol.dispose]();
      host[Symbol.dispose]();
    },
  };
}
