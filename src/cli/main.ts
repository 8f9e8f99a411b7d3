// The entry: answers `--version` at once, and otherwise loads the command line and only the command that is used.

import { VERSION } from "./version.ts";

const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  process.stdout.write(`${VERSION}\n`);
} else {
  const { runCommandLine } = await import("./command-line.ts");
  const code = await runCommandLine(args);
  // Nothing that a service or library left open may keep us; what was written is flushed by now.
  process.exit(code);
}
