// Why a command starts nothing: what was typed is wrong, or what it asks for is there already.

/** Ends the command with exit code 2; the message says what is wrong and what to do. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The run that is going here is in the way; the message says why. Ends the command with exit code 2. */
export class RunError extends Error {
  override name = "RunError";
}

/** A run is going here, but cannot be talked to; the message says why. Ends the command with exit code 4. */
export class UnreachableError extends Error {
  override name = "UnreachableError";
}
