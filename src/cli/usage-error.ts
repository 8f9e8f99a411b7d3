// What is wrong with what was typed.

/** Ends the command with exit code 2; the message says what is wrong and what to do. */
export class UsageError extends Error {
  override name = "UsageError";
}
