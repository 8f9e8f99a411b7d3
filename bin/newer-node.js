// Runs the command under the Node of the npm package `node`, where that is installed beside it and new enough. Loaded only under
// a Node that is too old for launch, so it is written for old ones.

const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { dirname, join } = require("node:path");

/** The program of a `node` package in a `node_modules` above, of at least this version; undefined when there is none. */
function findNode(isNewEnough) {
  for (let directory = __dirname; ; directory = dirname(directory)) {
    const place = join(directory, "node_modules", "node");
    const program = join(place, "bin", "node");
    if (existsSync(program) && isNewEnough(require(join(place, "package.json")).version)) return program;
    if (directory === dirname(directory)) return undefined;
  }
}

/** Ends as the command does. Signals that reach this process alone are handed on. */
function runUnder(program, script) {
  const child = spawn(program, [script, ...process.argv.slice(2)], { stdio: "inherit" });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT"];
  // A terminal sends SIGINT, SIGQUIT and SIGHUP to the child as well.
  const fromTerminal = new Set(process.stdin.isTTY ? ["SIGINT", "SIGQUIT"] : []);
  for (const signal of signals) process.on(signal, () => fromTerminal.has(signal) || child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`${program} cannot be run: ${error.message}\n`);
    process.exit(2);
  });
  child.on("exit", (code, signal) => {
    if (code !== null) process.exit(code);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

module.exports = { findNode, runUnder };
