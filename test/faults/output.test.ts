// Faults 32 to 34: output that is much, strange, or taken away.

import { renameSync, statSync, truncateSync } from "node:fs";
import { expect } from "vitest";
import { launch } from "../helpers/launch.ts";
import { peakMegabytes } from "../helpers/processes.ts";
import { until } from "../helpers/wait.ts";
import { fault } from "./fault.ts";
import { startRun } from "./run.ts";

fault(32, async () => {
  const strange = String.raw`const { writeSync } = require("node:fs");
    writeSync(1, Buffer.from([0, 1, 2, 0x80, 0xff, 0xfe, 10]));
    writeSync(1, Buffer.concat([Buffer.from("half a character: "), Buffer.from([0xe2, 0x82]), Buffer.from("\n")]));
    writeSync(1, "\u2028 is no end of a line\n\x1b]0;title\x07\x1b[2Jend\n");
    setInterval(() => {}, 1e6);`;
  await using run = await startRun(
    {
      services: {
        flood: { command: "flood.js 256", ready: { log: "^flooded" }, logs: { max_size: "1GB" } },
        strange: { command: ["node", "strange.cjs"], ready: { log: "end" } },
      },
    },
    { files: { "strange.cjs": strange }, args: ["--non-interactive", "--json", "--quiet"] },
  );
  await run.events.find({ type: "up" });
  expect(peakMegabytes(run.pid)).toBeLessThan(200);
  expect(statSync(run.project.path(".launch/logs/flood.log")).size).toBe(2 ** 28 + "\nflooded\n".length);
  const printed = await launch(run.project, ["logs", "strange"]);
  expect(printed.stdout).toContain("half a character: ");
  expect(printed.stdout).toContain("end");
  // What would do something to a terminal does nothing.
  expect(printed.stdout).not.toContain("\x1b[2J");
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
});

fault(33, async () => {
  // 100 MB as fast as the disk takes them, each line with its number.
  const lines = 100_000;
  const writer = String.raw`const { writeSync } = require("node:fs");
    const rest = "x".repeat(88);
    let text = "";
    for (let n = 0; n < ${lines}; n++) {
      text += String(n).padStart(10, "0") + " " + rest + "\n";
      if (text.length > 65536) { writeSync(1, text); text = ""; }
    }
    writeSync(1, text + "written\n");
    setInterval(() => {}, 1e6);`;
  const names = Array.from({ length: 10 }, (_, n) => `s${n}`);
  const service = { command: ["node", "writer.cjs"], ready: { log: "^written" } };
  await using run = await startRun(
    { services: Object.fromEntries(names.map((name) => [name, service])) },
    { files: { "writer.cjs": writer }, args: ["--non-interactive", "--json", "--quiet"] },
  );
  await run.events.state("s0", "started");
  // Whoever asks is answered meanwhile.
  expect((await launch(run.project, ["status"])).code).toBe(0);
  await run.events.find({ type: "up" });
  for (const name of names) {
    const text = run.project.read(`.launch/logs/${name}.log`);
    const numbers = text.split("\n").filter((line) => /^\d{10} x/.test(line));
    expect(numbers).toHaveLength(lines);
    expect(numbers.every((line, n) => Number(line.slice(0, 10)) === n && line.length === 99)).toBe(true);
  }
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
});

fault(34, async () => {
  // Says whatever is written into the file `say`, as often as it changes.
  const command = `last=; while :; do said=$(cat say 2>/dev/null); [ "$said" = "$last" ] || echo "says $said"; last=$said; sleep 0.02; done`;
  await using run = await startRun(
    { services: { api: { command, restart: { delay: 0 } } } },
    { args: ["--non-interactive"] },
  );
  const { project } = run;
  const log = project.path(".launch/logs/api.log");
  const sees = (words: string): Promise<void> => until(words, () => run.said().includes(words), run.said);
  const says = async (word: string): Promise<void> => {
    project.write("say", word);
    await sees(`says ${word}`);
  };
  await sees("all up after");
  await says("before");
  truncateSync(log, 0);
  // What was written before that is seen would make it a log that has grown again.
  await sees("truncated by another program");
  await says("truncated");
  renameSync(log, project.path("moved.log"));
  await says("moved");
  await sees("moved or deleted by another program");
  // From its next run on the log is where it belongs.
  const shell = run.living().find(({ command: line }) => line.includes("cat say"));
  run.signal("SIGKILL", shell?.pid);
  await sees("starting again (restart 1)");
  await says("again");
  await until("the line to be in its log", () => project.read(".launch/logs/api.log").includes("says again"));
  expect(await run.end()).toBe(0);
  await run.nothingLeft();
});
