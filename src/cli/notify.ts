// `launch notify WORD`: says something about the service that it is run by, from anywhere below it. It needs no engine: what
// is said is appended to the file that the service was given.

import { printError } from "./print.ts";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { didYouMean } from "../manifest/suggest.ts";
import type { GlobalArgs } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** What can be said, and the line that says it. */
const lines = {
  ready: () => "READY=1",
  watchdog: () => "WATCHDOG=1",
  stopping: () => "STOPPING=1",
  status: (text: string) => `STATUS=${text.replaceAll(/\s+/g, " ")}`,
} as const;

/** Nobody hears it. */
const nobodyThere = 4;

/** 0 when it has been said; 4 when this is no part of a service that launch listens to, or its run is over. */
export function run(args: GlobalArgs & { readonly word: string; readonly text?: readonly string[] }): Promise<number> {
  const line = lineOf(args.word, args.text ?? []);
  const { LAUNCH_NOTIFY: path, LAUNCH_SERVICE: service } = process.env;
  if (path === undefined) return unheard(unlistened(service));
  try {
    // Never created: where there is no file any more, nobody hears.
    const fd = openSync(path, constants.O_WRONLY | constants.O_APPEND);
    writeSync(fd, `${line}\n`);
    closeSync(fd);
    return Promise.resolve(0);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return unheard(code === "ENOENT" ? `This run of ${service ?? "the service"} is over.` : message);
  }
}

function lineOf(word: string, text: readonly string[]): string {
  if (!isWord(word)) {
    const words = Object.keys(lines);
    throw new UsageError(`notify says ${words.join(", ")}, not "${word}". ${didYouMean(word, words) ?? ""}`.trim());
  }
  if (word !== "status" && text.length > 0) throw new UsageError(`notify ${word} takes no text.`);
  return lines[word](text.join(" "));
}

function isWord(word: string): word is keyof typeof lines {
  return Object.hasOwn(lines, word);
}

function unlistened(service: string | undefined): string {
  return service === undefined
    ? "This is not run by a service of launch, so there is nobody to tell."
    : `launch does not listen to ${service}. Give it ready: notify or a watchdog in the manifest.`;
}

function unheard(words: string): Promise<number> {
  printError(`${words}\n`);
  return Promise.resolve(nobodyThere);
}
