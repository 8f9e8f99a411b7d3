// What a service says about itself, a line each, in the words of sd_notify; and the file that it says it in.

import { closeSync, openSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { plainText } from "../../core/sanitize.ts";
import type { Millis } from "../../core/service.ts";
import { enterDirectory } from "../files/enter.ts";
import { linesOf } from "../logs/lines.ts";
import { type Tail, tailLog } from "../logs/tail.ts";

/** One thing that a service says. */
export type Word =
  | { readonly kind: "ready" }
  /** What it is doing, for people. */
  | { readonly kind: "status"; readonly text: string }
  | { readonly kind: "alive" }
  /** It knows that it is broken. */
  | { readonly kind: "broken" }
  | { readonly kind: "stopping" }
  /** It needs this much longer. */
  | { readonly kind: "extend"; readonly by: Millis };

/** A longer status is cut. */
const longestStatus = 200;

/** A day: whoever asks for more has most likely mistaken the unit. */
const longestExtension: Millis = 24 * 60 * 60 * 1000;

/** The line as a word; undefined for what is nothing to us. An empty line says that it is ready. */
export function readWord(line: string): Word | undefined {
  if (line === "") return { kind: "ready" };
  const equals = line.indexOf("=");
  const value = line.slice(equals + 1);
  switch (line.slice(0, Math.max(0, equals))) {
    case "READY":
      return value === "1" ? { kind: "ready" } : undefined;
    case "STATUS":
      return { kind: "status", text: plainText(value).trim().slice(0, longestStatus) };
    case "WATCHDOG":
      return value === "1" ? { kind: "alive" } : value === "trigger" ? { kind: "broken" } : undefined;
    case "STOPPING":
      return value === "1" ? { kind: "stopping" } : undefined;
    case "EXTEND_TIMEOUT_USEC":
      return /^\d{1,16}$/.test(value)
        ? { kind: "extend", by: Math.min(Number(value) / 1000, longestExtension) }
        : undefined;
    default:
      return undefined;
  }
}

/** The file of one run. */
export interface NotifyFile {
  readonly path: string;
  /** Opened for appending, for the service; close it once that has been spawned. */
  readonly fd: number;
}

/** Makes the file anew: what somebody of an earlier run still writes goes nowhere. */
export function createNotifyFile(path: string): NotifyFile {
  using directory = enterDirectory(dirname(path), 0o700);
  const own = directory.at(basename(path));
  removeNotifyFile(own);
  return { path, fd: openSync(own, "ax", 0o600) };
}

/** The service has its own. */
export function closeNotifyFile({ fd }: NotifyFile): void {
  closeSync(fd);
}

/** Nobody is heard there any more. */
export function removeNotifyFile(path: string): void {
  rmSync(path, { force: true });
}

/** Hears what is said in the file from its beginning on, a batch at a time. */
export function hearWords(path: string, onWords: (words: readonly Word[]) => void): Tail {
  return tailLog({
    path,
    from: 0,
    onLines(batch) {
      if (batch.origin === "launch") return;
      const words = [...linesOf(batch)].flatMap(({ text, continued }) => (continued ? [] : (readWord(text) ?? [])));
      if (words.length > 0) onWords(words);
    },
  });
}
