import xterm from "@xterm/headless";
import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { runDashboard } from "../../../src/tui/dashboard.tsx";
import type { Opening } from "../../../src/tui/opening.ts";
import { newKeys } from "../../../src/tui/terminal/keys.ts";
import { newModes } from "../../../src/tui/terminal/modes.ts";
import { newScreen } from "../../../src/tui/terminal/screen.ts";
import type { Terminal } from "../../../src/tui/terminal/tty.ts";
import { openDemoHost } from "../../fixtures/tui/demo-host.ts";

/** A terminal in memory: what is written goes to an emulator, what is typed comes from the test. */
function openFake(columns = 100, rows = 24) {
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => stdin,
    ref: () => stdin,
    unref: () => stdin,
  });
  let size = { columns, rows };
  const resizes = new Set<(size: { columns: number; rows: number }) => void>();
  const terminal: Terminal = {
    stdin: stdin as unknown as NodeJS.ReadStream,
    size: () => size,
    idle: true,
    send: (text) => new Promise((resolve) => emulator.write(text, resolve)),
    writeNow: (text) => (emulator.write(text), true),
    onResize(listener) {
      resizes.add(listener);
      return { [Symbol.dispose]: () => void resizes.delete(listener) };
    },
    setRaw: () => {},
    [Symbol.dispose]: () => {},
  };
  const screen = newScreen(terminal);
  const keys = newKeys(terminal.stdin);
  const modes = newModes({ terminal, screen, keys }, { mouse: true });
  const opening: Opening = { terminal, screen, keys, modes, [Symbol.dispose]: () => modes.restore() };
  const shown = (): string =>
    Array.from(
      { length: emulator.rows },
      (_, y) => emulator.buffer.active.getLine(y)?.translateToString(true) ?? "",
    ).join("\n");
  return {
    opening,
    emulator,
    shown,
    type: (text: string) => void stdin.write(text),
    sees: (text: string | RegExp) => vi.waitFor(() => expect(shown()).toMatch(text), { interval: 5, timeout: 3000 }),
    resize(to: { columns: number; rows: number }) {
      size = to;
      emulator.resize(Math.max(2, to.columns), Math.max(1, to.rows));
      for (const listener of resizes) listener(to);
    },
  };
}

test("shows the run and its log, follows keys and sizes, keeps stray words, and gives the terminal back", async () => {
  using host = openDemoHost([{ name: "db", port: 5432 }, { name: "api" }]);
  const fake = openFake();
  const running = runDashboard(host, fake.opening);
  await fake.sees(/ > db +idle/);
  expect(fake.emulator.buffer.active.type).toBe("alternate");

  host.write("db", "ready for connections 🎉 日本語\n");
  await fake.sees(/ready for connections/);
  host.set("db", { wanted: true, state: { status: "ready", run: 1, since: 0, verified: true } });
  await fake.sees(/ > db +ready/);

  fake.type("jj");
  await fake.sees(/ > api +idle/);
  console.error("a library says %s", "something");
  fake.type("J");
  await fake.sees(/launch +a library says something/);
  fake.type("\u001b");
  await fake.sees(/─\[ api \]/);

  fake.resize({ columns: 50, rows: 12 });
  await fake.sees(/^ shop-dev/);
  fake.resize({ columns: 20, rows: 5 });
  await fake.sees(/^terminal too small$/m);
  fake.resize({ columns: 100, rows: 24 });
  await fake.sees(/ > api +idle/);

  fake.type("\u0003");
  await vi.waitFor(() => expect(host.asked.at(-1)).toMatchObject({ type: "quit", by: "SIGINT" }));
  host.end({ kind: "interrupted", by: "SIGINT", up: true });
  expect(await running).toMatchObject({ kind: "ended" });
  await vi.waitFor(() => expect(fake.emulator.buffer.active.type).toBe("normal"));
});

test("says that the engine is gone", async () => {
  using host = openDemoHost([{ name: "db" }]);
  const fake = openFake();
  const running = runDashboard(host, fake.opening);
  await fake.sees(/ > db/);
  host.end(undefined);
  expect(await running).toEqual({ kind: "lost" });
});

test("streams plain logs on the usual screen until a key is pressed", async () => {
  using host = openDemoHost([{ name: "db" }]);
  host.write("db", "one\ntwo\n");
  const fake = openFake();
  const running = runDashboard(host, fake.opening);
  await fake.sees(/two/);
  fake.type("l");
  await vi.waitFor(() => expect(fake.emulator.buffer.active.type).toBe("normal"));
  await fake.sees(/The log of db; any key but Ctrl-C leads back[^]*\none\ntwo/);
  host.write("db", "three\n");
  await fake.sees(/three/);
  fake.type("x");
  await vi.waitFor(() => expect(fake.emulator.buffer.active.type).toBe("alternate"));
  host.end(undefined);
  await running;
});
