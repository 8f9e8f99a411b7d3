// Waiting for things, always with an end.

import { sameRequest } from "../../src/core/ending-signals.ts";

/** How long anything in these tests may take, in milliseconds: far more than it needs, even on a busy machine. */
const patience = 20_000;

/** Resolves once the condition holds; rejects with what was waited for, and `context` of the moment, when it never does. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  context: () => string = () => "",
): Promise<void> {
  const end = performance.now() + patience;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}\n${context()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Resolves when what comes now is another request to end, and not the last one once more. */
export function anotherRequest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, sameRequest + 100));
}

/** The promise's value, or a rejection that says what took too long. */
export async function within<Value>(what: string, promise: Promise<Value>, context: () => string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}\n${context()}`)), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
