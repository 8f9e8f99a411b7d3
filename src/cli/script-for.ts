// Which of the built scripts a command line is run by. Kept small; the entry loads it first of all.

/** The scripts that hold a command line: one that only checks, and one with everything. */
export type CommandScript = "check" | "launch";

/** What is asked for most often in editors and CI has a script of its own, which hands over whatever else is asked of it. */
export function scriptFor(args: readonly string[]): CommandScript {
  return args.includes("--check-only") ? "check" : "launch";
}
