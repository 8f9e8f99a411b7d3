// The dashboard: takes the terminal, shows the run, does what the keys say, and gives the terminal back however it ends.

import { render } from "ink";
import type { ReactElement } from "react";
import { type EndingSignal, newRequestCounter } from "../core/ending-signals.ts";
import type { Host } from "./host.ts";
import { lowerRows } from "./model/lower.ts";
import { openStage } from "./model/open-stage.ts";
import { paint } from "./model/line.ts";
import { chromeRows } from "./model/picture.ts";
import { point } from "./model/pointer.ts";
import { paste, press } from "./model/press.ts";
import type { End, Stage, Surroundings } from "./model/stage.ts";
import { openDashboardTerminal, type Opening } from "./opening.ts";
import { catchStrayWords } from "./stray-words.ts";
import { streamLogs } from "./stream.ts";
import { Chrome } from "./view/chrome.tsx";
import { Keyboard } from "./view/keyboard.tsx";

export type { End } from "./model/stage.ts";
export { type Opening, openDashboardTerminal } from "./opening.ts";

/** Between two looks at the log files while something is written, and while nothing is. */
const busyInterval = 50;
const quietInterval = 200;
/** So long after the last line the files count as quiet. */
const quietAfter = 2000;
/** Entries are shown together with others of this time. */
const entryInterval = 50;
/** What searching may take at once. */
const slice = 10;

/**
 * Shows the run until it has ended, or the person leaves. `opening` is the terminal, opened and perhaps entered already; it has
 * been given back when this resolves. Throws when there is no terminal.
 */
export async function runDashboard(host: Host, opening?: Opening): Promise<End> {
  const found = opening ?? openDashboardTerminal(host.preferences);
  if (found === undefined) throw new Error("The dashboard needs a terminal.");
  using here = found;
  const { promise, resolve } = Promise.withResolvers<End>();
  using closing = new DisposableStack();
  const { screen, modes, keys } = here;

  // From the key that asks for it on: what is typed then is somebody else's.
  let isLent = false;
  let isDue: NodeJS.Immediate | undefined;
  let isSoon: NodeJS.Timeout | undefined;
  const update = (): void => {
    clearTimeout(isSoon);
    isSoon = undefined;
    isDue = undefined;
    if (isLent) return;
    const before = chrome.element;
    const next = view();
    // Ink takes longer than all the rest of a picture: it is left alone while its rows stay the same.
    if (next !== before) ink.rerender(next);
    screen.paint();
    work();
  };
  const around: Surroundings = {
    size: () => screen.size(),
    refresh(urgency) {
      if (urgency === "now") isDue ??= setImmediate(update);
      else isSoon ??= setTimeout(update, entryInterval);
    },
    async lend(action) {
      if (isLent) throw new Error("The terminal is in use.");
      isLent = true;
      try {
        await modes.suspend();
        await action();
      } finally {
        isLent = false;
        modes.resume();
        around.refresh("now");
      }
    },
    send: (sequence) => screen.send(sequence),
    setMouse: (isOurs) => modes.setMouse(isOurs),
    stream: () => around.lend(() => stream(here, stage)),
    leave: resolve,
  };
  const open = closing.use(openStage(host, around));
  const { stage } = open;

  let table: readonly string[] = [];
  let chrome = { text: "", element: <></> };
  const view = (): ReactElement => {
    const picture = open.picture();
    const { columns } = picture.layout;
    table = picture.table.map((line) => paint(line, host.preferences.colors));
    const rows = chromeRows(stage, picture);
    const text = `${columns} ${rows.join("\n")}`;
    if (text === chrome.text) return chrome.element;
    const element = (
      <>
        <Keyboard onKey={onKey} onPaste={onPaste} />
        <Chrome rows={rows} columns={columns} />
      </>
    );
    chrome = { text, element };
    return element;
  };
  const onKey = (key: string): void => {
    if (isLent) return;
    press(stage, key);
    around.refresh("now");
  };
  const onPaste = (text: string): void => paste(stage, text);

  // Searching goes on between keys and pictures, a slice at a time.
  let isWorking = false;
  const work = (): void => {
    if (isWorking) return;
    isWorking = true;
    setImmediate(() => {
      isWorking = false;
      const advanced = stage.pane.advance(slice);
      // What is found is to be seen at once, and counting that goes on now and then.
      if (advanced === "done") screen.paint();
      if (advanced !== "more") return;
      screen.touch();
      work();
    });
  };

  // A fault in drawing a line must not end the run that is shown.
  let fault: string | undefined;
  const drawn = (): readonly string[] => {
    try {
      return lowerRows(stage);
    } catch (error) {
      const text = `this cannot be drawn, which is a bug in launch: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      if (text !== fault) stage.note([{ time: Date.now(), about: "launch", tone: "bad", text }]);
      fault = text;
      return ["", ` ${text.split("\n", 1)[0] ?? ""}`];
    }
  };
  screen.showRegions(() => {
    const { layout } = stage;
    if (layout.tiny) return [];
    const { top } = layout.tabs;
    return [
      { ...layout.table, rows: table },
      { top, height: layout.tabs.height + layout.lower.height, rows: drawn() },
    ];
  });
  closing.use(
    catchStrayWords((text) => stage.note([{ time: Date.now(), about: "launch", tone: "plain", text: text.trimEnd() }])),
  );
  // Before Node says what went wrong, so that it is said where it stays.
  const giveBack = (): void => modes.restore();
  process.on("uncaughtExceptionMonitor", giveBack);
  closing.defer(() => void process.off("uncaughtExceptionMonitor", giveBack));
  modes.enter();
  const ink = render(view(), {
    stdout: screen.stdout,
    stdin: keys.stdin,
    stderr: screen.stdout,
    debug: true,
    interactive: true,
    patchConsole: false,
    exitOnCtrlC: false,
    maxFps: 1000,
  });
  closing.defer(() => ink.unmount());

  const drag = { from: undefined, hinted: false };
  closing.use(
    keys.onMouse((mouse) => {
      point(stage, mouse, drag);
      around.refresh("now");
    }),
  );
  closing.use(screen.onResize(() => around.refresh("now")));
  closing.use(host.session.subscribe((entry) => open.take(entry)));
  closing.use(host.watchManifest((found) => open.takeEdit(found)));
  closing.use(everySecond(() => around.refresh("now")));
  closing.use(
    watchLogs(stage, () => {
      screen.touch();
      work();
    }),
  );
  closing.use(onSignals(host, keys, () => isLent, resolve));
  void host.session.closed.then((outcome) =>
    resolve(outcome === undefined ? { kind: "lost" } : { kind: "ended", outcome }),
  );

  const end = await promise;
  clearImmediate(isDue);
  clearTimeout(isSoon);
  return end;
}

async function stream(here: Opening, stage: Stage): Promise<void> {
  const title = stage.pane.service === undefined ? "The logs of all services" : `The log of ${stage.pane.service}`;
  const key = await streamLogs(here, stage.logs, stage.pane.view, { colors: stage.host.preferences.colors, title });
  if (key === "\u0003") press(stage, "ctrl-c");
}

/** Calls once a second, when the clock's second begins. */
function everySecond(tick: () => void): Disposable {
  let timer: NodeJS.Timeout;
  const next = (): void => {
    timer = setTimeout(
      () => {
        tick();
        next();
      },
      1000 - (Date.now() % 1000) + 5,
    );
  };
  next();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Looks for new lines, often while there are some and seldom when it is quiet. */
function watchLogs({ logs }: Stage, onNews: () => void): Disposable {
  let timer: NodeJS.Timeout;
  let last = -Infinity;
  const look = (): void => {
    const now = performance.now();
    if (logs.poll(Date.now())) {
      last = now;
      onNews();
    }
    timer = setTimeout(look, now - last < quietAfter ? busyInterval : quietInterval);
  };
  look();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Ends what must end when this process is asked to, or loses its terminal. */
function onSignals(host: Host, keys: Opening["keys"], isLent: () => boolean, leave: (end: End) => void): Disposable {
  let isAsked = false;
  const requests = newRequestCounter();
  const ask = (by: EndingSignal) => (): void => {
    // Ctrl-C in an editor or pager is meant for it.
    if (by === "SIGINT" && isLent()) return;
    if (!host.about.owner) return leave({ kind: "left" });
    // A terminal that closes says so in two ways, and a program between it and us says it again.
    const count = requests.next(performance.now());
    if (count === undefined) return;
    const { outcome } = host.session.snapshot();
    // An engine that does not react is no reason to stay.
    if (count > 2) return leave({ kind: "gone" });
    const isEnding = isAsked || outcome !== undefined;
    isAsked = true;
    host.session.request({ type: "quit", by, force: isEnding });
  };
  const stack = new DisposableStack();
  for (const signal of host.endings) {
    const listener = ask(signal);
    process.on(signal, listener);
    stack.defer(() => void process.off(signal, listener));
  }
  stack.use(keys.onEnd(ask("SIGHUP")));
  return stack;
}
