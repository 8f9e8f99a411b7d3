// A question that only a person's own word answers.

import { createInterface } from "node:readline/promises";
import { words } from "./print.ts";

/** Asks in the terminal; true when the answer is the word `yes`. */
export async function isConsentGiven(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(words(`${question} Type yes: `));
  terminal.close();
  return answer.trim().toLowerCase() === "yes";
}
