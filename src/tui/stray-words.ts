// What libraries say to the console while the screen is ours.

import { format } from "node:util";

const methods = ["log", "info", "warn", "error", "debug", "trace"] as const;

/** Hands on whatever is said to the console or to stderr, a text at a time, until disposed. */
export function catchStrayWords(onWords: (text: string) => void): Disposable {
  const before = methods.map((method) => [method, console[method]] as const);
  for (const method of methods) console[method] = (...said: unknown[]): void => onWords(format(...said));
  const write = process.stderr.write;
  process.stderr.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    onWords(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
    const done = rest.find((one) => typeof one === "function");
    if (done !== undefined) queueMicrotask(() => done());
    return true;
  };
  return {
    [Symbol.dispose]() {
      for (const [method, original] of before) console[method] = original;
      process.stderr.write = write;
    },
  };
}
