// What is said, and done, when something is wrong: in what a person wrote, on the port, or with a service.

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts, now, readStamps } from "../../machine.ts";
import { join } from "node:path";
import type { Mistake } from "../peer.ts";
import type { Contender } from "../contender.ts";
import type { Observation } from "../results.ts";
import { type Ground, prepare, type Wanted } from "../prepared.ts";
import { start, type Trial } from "../trial.ts";
import { keyLine } from "./key-line.ts";
import { hasNeeds, type Measured } from "./scenario.ts";

const limitMs = 4000;

/** Which words a line about each mistake would have, the surest first. */
const about: Readonly<Record<Mistake, readonly RegExp[]>> = {
  "syntax error": [/\bline \d|\.\w+:\d+/i, /pars|syntax|expected|invalid|malform|must end|unexpected|missing/i],
  "unknown key": [/comand_typo/i],
  "no command": [
    /\bno (command|script)|command.*(empty|not found|missing)|not specify a command/i,
    /command|script|empty/i,
  ],
  cycle: [/cycl|circular|each other/i],
  "duplicate port": [/\bport\b|address already in use/i],
  "program not found": [/\/nonexistent\//, /not found|no such|can't find|cannot find|ENOENT/i],
};

/** Two services, one of which is written wrongly in one of six ways. */
export const mistakes: Measured = {
  scenario: "mistakes",
  title: "Bad input",
  about: `Two services, one of them written wrongly. The exit code and the line that tells of it; \`runs\`: it had not ended after ${limitMs / 1000} s. Right is an exit code other than 0 and a line.`,
  columns: (Object.keys(about) as Mistake[]).map((key) => ({ key, title: key })),
  enough: 1,
  how: "together",
  async measure(ground, contender) {
    const observed: Observation[] = [];
    for (const mistake of Object.keys(about) as Mistake[]) {
      const cannot = contender.peer.cannot[mistake];
      observed.push(
        cannot === undefined
          ? { column: mistake, ...(await make(ground, contender, mistake)) }
          : { column: mistake, words: "cannot" },
      );
    }
    return observed;
  },
};

async function make(
  ground: Ground,
  contender: Contender,
  mistake: Mistake,
): Promise<{ readonly words: string; readonly right: boolean }> {
  const services = await servicesWith(mistake);
  await using prepared = prepare(ground, contender, "mistakes", services);
  const ports = Object.values(services).flatMap(({ port }) => (port === undefined ? [] : [String(port)]));
  const trial = start(prepared);
  const code = await endOf(trial, limitMs);
  const line = keyLine(trial.printed(), about[mistake], [trial.job.directory], ports);
  const started = trial.stamps().length > 0;
  const words = [
    code === undefined || (trial.plan.way === "returns" && started) ? "runs" : "",
    code === undefined ? "" : `exit ${code}`,
  ];
  return {
    words: [...words, line === undefined ? "silent" : `\`${line}\``].filter((word) => word !== "").join(", "),
    right: code !== undefined && code !== 0 && line !== undefined,
  };
}

async function servicesWith(mistake: Mistake): Promise<Readonly<Record<string, Wanted>>> {
  const [port = 0] = await freePorts(1);
  switch (mistake) {
    case "cycle":
      return { a: { does: ["idle"], needs: ["b"] }, b: { does: ["idle"], needs: ["a"] } };
    case "duplicate port":
      return { a: { does: ["listen", port, 0], port }, b: { does: ["listen", port, 0], port } };
    case "program not found":
      return { a: { does: ["idle"] }, b: { does: [], program: "/nonexistent/program" } };
    case "syntax error":
    case "unknown key":
    case "no command":
      return { a: { does: ["idle"] }, b: { does: ["idle"], mistake } };
  }
}

/** A service whose port somebody else answers on, and one that needs it. */
export const stranger: Measured = {
  scenario: "stranger",
  title: "A stranger on the probed port",
  about: `Somebody else answers on the port of a service, and another service needs it to be ready. Wrong is to start that; \`runs\`: it had not ended after ${limitMs / 1000} s.`,
  columns: [
    { key: "dependent", title: "the service that needs it" },
    { key: "said", title: "exit code and what is said" },
  ],
  enough: 2,
  how: "together",
  async measure(ground, contender) {
    const [port = 0] = await freePorts(1);
    using _ = await startStranger(ground, port);
    const gated = hasNeeds(contender);
    const app = { does: ["listen", port, 0], port };
    await using prepared = prepare(ground, contender, "stranger", {
      app: gated ? { ...app, probe: { path: "/" } } : app,
      user: { does: ["idle"], needs: gated ? ["app"] : [] },
    });
    const trial = start(prepared);
    const code = await endOf(trial, limitMs);
    const isStarted = trial.stamps().some(({ name }) => name === "user");
    const line = keyLine(
      trial.printed(),
      about["duplicate port"],
      [trial.job.directory, ground.bench.directory],
      [String(port)],
    );
    const said = [code === undefined ? "runs" : `exit ${code}`, line === undefined ? "silent" : `\`${line}\``].join(
      ", ",
    );
    return [
      gated
        ? { column: "dependent", words: isStarted ? "started falsely" : "not started", right: !isStarted }
        : { column: "dependent", words: "cannot" },
      { column: "said", words: said },
    ];
  },
};

/** Answers on the port until disposal. */
async function startStranger({ bench }: Ground, port: number): Promise<Disposable> {
  const stamps = join(bench.directory, `stranger-${port}`);
  const child: ChildProcess = spawn(bench.service, ["as", stamps, "stranger", "listen", String(port), "0"], {
    stdio: "ignore",
  });
  const deadline = now() + 10_000;
  while (!readStamps(stamps).some(({ what }) => what === "listening")) {
    if (now() > deadline) throw new Error(`nobody listens on port ${port} after 10 s`);
    await sleep(5);
  }
  return { [Symbol.dispose]: () => void child.kill("SIGKILL") };
}

/** A service that fails, and one that ends well a little later. */
export const exit: Measured = {
  scenario: "exit",
  title: "Exit code after a failed service",
  about: `One service ends with 3, and 200 ms later the only other with 0. What the supervisor's exit code says of it; \`runs\`: it had not ended after ${limitMs / 1000} s.`,
  columns: [{ key: "code", title: "exit code" }],
  enough: 2,
  how: "together",
  async measure(ground, contender) {
    await using prepared = prepare(ground, contender, "exit", {
      bad: { does: ["exit", 3, 300] },
      good: { does: ["exit", 0, 500] },
    });
    const trial = start(prepared);
    const code = await endOf(trial, limitMs);
    return [
      { column: "code", words: code === undefined ? "runs" : String(code), right: code !== undefined && code !== 0 },
    ];
  },
};

/** How the process that was started ended; undefined when it did not within the time. */
async function endOf(trial: Trial, ms: number): Promise<number | string | undefined> {
  const deadline = now() + ms;
  while (trial.code() === undefined && now() < deadline) await sleep(10);
  // What a client started may just begin to live.
  if (trial.plan.way === "returns") await sleep(500);
  return trial.code();
}
