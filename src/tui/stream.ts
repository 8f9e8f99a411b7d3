// The logs without the dashboard: plain lines on the usual screen, where the terminal scrolls, searches and copies as it always
// does, until a key is pressed.

import { sanitize, plainText } from "../core/sanitize.ts";
import type { RunLogs } from "./logs/logs.ts";
import { visibleLines } from "./logs/select.ts";
import { sightOf } from "./logs/sight.ts";
import type { Line } from "./logs/source.ts";
import type { LogView } from "./logs/view.ts";
import type { Opening } from "./opening.ts";

/** Lines from before that are shown first. */
const backfill = 1000;
const most = 5000;
const interval = 50;

/** Streams the view's lines; the terminal must have been given back. Resolves with the key that ended it. */
export async function streamLogs(
  { terminal, keys }: Opening,
  logs: RunLogs,
  view: LogView,
  { colors, title }: { readonly colors: boolean; readonly title: string },
): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  using _diverted = keys.divert((bytes) => resolve(bytes.toString()));
  terminal.setRaw(true);
  keys.listen();
  const merged = view.source.service === undefined;
  const widest = merged
    ? Math.max(0, ...visibleLines(view, from(view), backfill).map(({ service }) => service.length))
    : 0;
  const show = (line: Line): string =>
    `${merged ? `${line.service.padEnd(widest)} | ` : ""}${colors ? sanitize(line.text) : plainText(line.text)}\n`;
  let next = from(view);
  let busy = false;
  const print = async (): Promise<void> => {
    // One write at a time: a terminal that does not read lets lines wait in the log file.
    if (busy) return;
    busy = true;
    view.filter?.matches.advance(() => false);
    const lines = visibleLines(view, next, most);
    const last = lines.at(-1);
    // A line that may still become longer waits for its end.
    const whole = last !== undefined && view.source.isOpen(last.number) ? lines.slice(0, -1) : lines;
    if (whole.length > 0) {
      next = (whole.at(-1)?.number ?? next) + 1;
      await terminal.send(whole.map(show).join(""));
    }
    busy = false;
  };
  void terminal.send(`\n${title}; any key but Ctrl-C leads back to the dashboard\n\n`);
  await print();
  const timer = setInterval(() => {
    logs.poll(Date.now());
    void print();
  }, interval);
  const key = await promise;
  clearInterval(timer);
  await keys.pause();
  terminal.setRaw(false);
  return key;
}

function from(view: LogView): number {
  const sight = sightOf(view);
  return sight.step(sight.end, -backfill);
}
