// Why a command starts nothing: what was typed is wrong, or what it asks for is there already.

/** Ends the command with exit code 2; the message says what is wrong and what to do. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Another run of the same project and instance is going; the message says which. Ends the command with exit code 2. */
export class AlreadyRunningError extends Error {
  override name = "AlreadyRunningError";
}
