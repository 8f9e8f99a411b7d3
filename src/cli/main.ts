// The entry: answers `--version` at once, and otherwise loads the command line and only the command that is used; the process
// that is to be the engine, where there will be one, loads at the same time.

import { mayNeedEngine, spawnEngine } from "./early-engine.ts";
import { inheritance } from "../effects/processes/inheritance.ts";
import { VERSION } from "./version.ts";

const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) sayVersion();
else void run();

function sayVersion(): void {
  const text = `${VERSION}\n`;
  try {
    // Node's own stdout takes 3 ms to be there.
    process.getBuiltinModule("node:fs").writeSync(1, text);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") process.stdout.write(text);
    else {
      process.exitCode = 1;
      if (code !== "EPIPE") process.stderr.write(`launch: ${message}\n`);
    }
  }
}

async function run(): Promise<never> {
  settleIn();
  if (process.pid === 1) (await import("./first-process.ts")).becomeInit();
  const { isatty } = process.getBuiltinModule("node:tty");
  const engine = mayNeedEngine(args, process.env, isatty(0) && isatty(1)) ? spawnEngine() : undefined;
  const { runCommandLine } = await import("./command-line.ts");
  const code = await runCommandLine(args, engine);
  // Nothing that a service or library left open may keep us; what was written is flushed by now.
  process.exit(code);
}

/** Undoes what Node makes of how it was started: signals and options that are not meant for launch. */
function settleIn(): void {
  const { NODE_OPTIONS = "" } = process.env;
  // The port is for the services' debuggers; whoever wants launch's own says so on Node's command line.
  if (NODE_OPTIONS.includes("--inspect") && !process.execArgv.some((word) => word.startsWith("--inspect"))) {
    process.getBuiltinModule("node:inspector").close();
  }
  // Node would open its debugger for anybody who sends it.
  process.on("SIGUSR1", () => {});
  if (inheritance().ignoresHangup) process.on("SIGHUP", () => {});
  try {
    process.cwd();
  } catch {
    const message = "the working directory is gone. Go to one that is there, and start launch again.";
    process.stderr.write(`launch: ${message}\n`);
    process.exit(2);
  }
}
