// `launch logs`: what services have written, whether anything runs or not.

import { appendFileSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { timesPath } from "../../src/effects/logs/names.ts";
import { encodeHeader, encodeRecord, recordSize } from "../../src/effects/logs/times-format.ts";
import { type Going, launch, startLaunch } from "../helpers/launch.ts";
import { startTerminal } from "../helpers/terminal.ts";
import { newProject, type TestProject } from "../helpers/project.ts";
import { until } from "../helpers/wait.ts";

const manifest = {
  name: "shop",
  services: { api: "exec sleep 1000", db: "exec sleep 1000", worker: "exec sleep 1000" },
};
const noon = Date.UTC(2026, 0, 31, 12);

/** A project in which nothing runs. */
function quietProject(): TestProject {
  const project = newProject(manifest);
  onTestFinished(() => project[Symbol.asyncDispose]());
  mkdirSync(project.path(".launch/logs"), { recursive: true });
  return project;
}

/** Writes a log, or an archive of one, with lines at seconds after noon. */
function writeLog(
  project: TestProject,
  name: string,
  lines: readonly (readonly [second: number, text: string])[],
): void {
  const path = project.path(`.launch/logs/${name}.log`);
  writeFileSync(path, lines.map(([, text]) => `${text}\n`).join(""));
  const records = Buffer.alloc(lines.length * recordSize);
  let offset = 0;
  for (const [index, [second, text]] of lines.entries()) {
    offset += Buffer.byteLength(`${text}\n`);
    encodeRecord({ offset, time: noon + second * 1000 }, records, index * recordSize);
  }
  const header = encodeHeader({ inode: statSync(path).ino, first: 0, source: 0, from: 0 });
  writeFileSync(timesPath(path), Buffer.concat([header, records]));
}

async function shown(project: TestProject, ...args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await launch(project, ["logs", ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout === "" ? [] : stdout.trimEnd().split("\n");
}

test("the lines of all services come in the order of time, archives included, also when nothing runs", async () => {
  const project = quietProject();
  writeLog(project, "api.2", [[1, "oldest"]]);
  writeLog(project, "api.1", [
    [3, "older"],
    [5, "old"],
  ]);
  writeLog(project, "api", [[7, "new"]]);
  writeLog(project, "worker", [
    [2, "first"],
    [6, "second"],
  ]);
  expect(await shown(project)).toEqual([
    "api    | oldest",
    "worker | first",
    "api    | older",
    "api    | old",
    "worker | second",
    "api    | new",
  ]);
  expect(await shown(project, "-n", "3")).toEqual(["api    | old", "worker | second", "api    | new"]);
  expect(await shown(project, "-n0")).toEqual([]);
  expect(await shown(project, "w*r", "--lines", "all")).toEqual(["worker | first", "worker | second"]);
  expect(await shown(project, "--since", "2026-01-31T12:00:05Z")).toEqual([
    "api    | old",
    "worker | second",
    "api    | new",
  ]);
  expect(await shown(project, "--since", "1m")).toEqual([]);
  expect(await shown(project, "--json", "--grep", "^o", "api")).toEqual([
    JSON.stringify({ service: "api", time: noon + 1000, line: "oldest" }),
    JSON.stringify({ service: "api", time: noon + 3000, line: "older" }),
    JSON.stringify({ service: "api", time: noon + 5000, line: "old" }),
  ]);
});

test("lines are told by level, and a line of a stack trace is as serious as what it belongs to", async () => {
  const project = quietProject();
  const lines = ["INFO up", "ERROR broken", "    at here", "plain", "DEBUG detail", "WARN near"];
  writeLog(
    project,
    "api",
    lines.map((text, at) => [at, text]),
  );
  expect(await shown(project, "--level", "error")).toEqual(["api | ERROR broken", "api |     at here"]);
  expect(await shown(project, "--level", "warn", "-n", "2")).toEqual(["api |     at here", "api | WARN near"]);
  expect(await shown(project, "--level", "info", "--grep", "e", "-n", "1")).toEqual(["api | WARN near"]);
});

test("without times, or with those of another file, there are still lines", async () => {
  const project = quietProject();
  writeLog(project, "api", [
    [1, "one"],
    [2, "two"],
  ]);
  const times = timesPath(project.path(".launch/logs/api.log"));
  for (const damaged of ["", "x", "ltime1".padEnd(500, "\xff")]) {
    writeFileSync(times, damaged, "latin1");
    expect(await shown(project, "--json")).toEqual(
      ["one", "two"].map((line) => JSON.stringify({ service: "api", time: null, line })),
    );
  }
  rmSync(times);
  expect(await shown(project)).toEqual(["api | one", "api | two"]);
});

test("what is typed wrong is said with 2, and what might have been meant", async () => {
  const project = quietProject();
  writeLog(project, "gone", [[1, "of a service that was taken out of the manifest"]]);
  expect(await launch(project, ["logs", "wroker"])).toMatchObject({
    code: 2,
    stdout: "",
    stderr: 'No service is called "wroker". Did you mean "worker"?\nSee launch --help.\n',
  });
  expect((await launch(project, ["logs", "--grep", "("])).stderr).toContain("--grep wants a regular expression");
  expect((await launch(project, ["logs", "--since", "soon"])).stderr).toContain("--since wants a duration");
  expect((await launch(project, ["logs", "-n", "few"])).stderr).toContain("--lines wants a number or all");
  expect(await shown(project, "db")).toEqual([]);
  expect(await shown(project, "gone")).toHaveLength(1);
});

test("lines are safe to print, too long ones are marked as continued, the last one needs no end", async () => {
  const project = quietProject();
  writeFileSync(
    project.path(".launch/logs/api.log"),
    `\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b[2J\n${"x".repeat(70_000)}\nlast`,
  );
  expect(await shown(project, "--color", "api")).toContain("\x1b[36mapi\x1b[39m \x1b[2m|\x1b[22m \x1b[31mred\x1b[0m");
  const lines = await shown(project, "api");
  expect(lines.map((line) => line.slice(0, 12))).toEqual(["api | red", "api | xxxxxx", "api | …xxxxx", "api | last"]);
  expect(await shown(project, "api", "-n", "2")).toEqual(lines.slice(1));
});

test(
  "a gigabyte is read from its end, and a gigabyte without a line end within little memory",
  { timeout: 60_000 },
  async () => {
    const project = quietProject();
    const fd = openSync(project.path(".launch/logs/api.log"), "w");
    const block = Buffer.alloc(1_000_000, "x".repeat(99) + "\n");
    for (let at = 0; at < 300; at++) writeSync(fd, block);
    const endless = Buffer.alloc(1024 * 1024, "y");
    const other = openSync(project.path(".launch/logs/db.log"), "w");
    for (let at = 0; at < 300; at++) writeSync(other, endless);
    const env = { NODE_OPTIONS: "--max-old-space-size=64" };
    const first = performance.now();
    const last = await launch(project, ["logs", "api", "-n", "2"], { env });
    expect(performance.now() - first).toBeLessThan(5000);
    expect(last.stdout).toBe(`api | ${"x".repeat(99)}\n`.repeat(2));
    const cut = await launch(project, ["logs", "db"], { env });
    expect(cut.code).toBe(0);
    expect(cut.stdout.length).toBeLessThan(1_200_000);
    expect((await launch(project, ["logs", "--grep", "z"], { env })).stdout).toBe("");
  },
);

test("a pattern that takes for ever is ended by Ctrl-C", async () => {
  const project = quietProject();
  writeLog(project, "api", [[1, `${"a".repeat(60)}!`]]);
  await using going = startLaunch(project, ["logs", "--grep", "^(a+)+$"]);
  await until("the search", () => cpuTime(going.pid) > 0.4);
  expect(["SIGINT", 130]).toContain(await going.end("SIGINT"));
});

function cpuTime(pid: number): number {
  const usage = process
    .getBuiltinModule("node:fs")
    .readFileSync(`/proc/${pid}/stat`, "utf8")
    .split(") ")[1]
    ?.split(" ");
  return (Number(usage?.[11]) + Number(usage?.[12])) / 100;
}

/** Follows, and is ended with the test. */
function following(project: TestProject, ...args: readonly string[]): Going {
  const going = startLaunch(project, ["logs", "-f", ...args]);
  onTestFinished(() => going[Symbol.asyncDispose]());
  return going;
}

test("following goes on over truncation, new files and services that start later, until Ctrl-C", async () => {
  const project = quietProject();
  const log = (name: string): string => project.path(`.launch/logs/${name}.log`);
  writeFileSync(log("api"), "one\ntwo\n");
  const going = following(project, "-n", "1");
  const until_ = (text: string): Promise<void> => until(text, () => going.stdout().endsWith(text), going.stdout);
  await until_("api    | two\n");
  appendFileSync(log("api"), "thr");
  appendFileSync(log("api"), "ee\n");
  await until_("api    | three\n");
  writeFileSync(log("db"), "here\n");
  await until_("db     | here\n");
  rmSync(log("api"));
  writeFileSync(log("api"), "four\n");
  await until_("api    | four\n");
  writeFileSync(log("db"), "");
  await until("a look at the empty file", () => statSync(log("db")).size === 0);
  appendFileSync(log("db"), "5\n");
  await until_("db     | 5\n");
  expect(["SIGINT", 130]).toContain(await going.end("SIGINT"));
});

test("following shows a line that stands without an end once, and then its rest, while others go on writing", async () => {
  const project = quietProject();
  for (const name of ["api", "db"]) writeFileSync(project.path(`.launch/logs/${name}.log`), "");
  const going = following(project);
  const busy = setInterval(() => appendFileSync(project.path(".launch/logs/db.log"), "busy\n"), 10);
  onTestFinished(() => clearInterval(busy));
  const api = (text: string): void => appendFileSync(project.path(".launch/logs/api.log"), text);
  const shownOfApi = (): readonly string[] =>
    going
      .stdout()
      .split("\n")
      .filter((line) => line.startsWith("api"));
  api("console> ");
  await until("the prompt", () => shownOfApi().length === 1);
  api("quit\n");
  await until("its rest", () => shownOfApi().length === 2);
  api("\r10 %");
  await until("a step", () => shownOfApi().length === 3);
  api("\r20 %");
  await until("the next step", () => shownOfApi().length === 4);
  api("\ndone\n");
  await until("the end", () => shownOfApi().length === 5);
  const texts = shownOfApi().map((line) => line.slice(line.indexOf("|") + 2));
  expect(texts).toEqual(["console> ", "…quit", "10 %", "20 %", "done"]);
});

test("following waits for a first run, and ends quietly when nobody reads any more", async () => {
  const project = newProject(manifest);
  onTestFinished(() => project[Symbol.asyncDispose]());
  const going = following(project, "--json");
  mkdirSync(project.path(".launch/logs"), { recursive: true });
  const path = project.path(".launch/logs/api.log");
  writeFileSync(path, "first\n");
  const event = await going.events.find({ line: "first" });
  expect(event).toMatchObject({ service: "api", line: "first" });
  going.child.stdout?.destroy();
  const timer = setInterval(() => appendFileSync(path, "more\n"), 20);
  onTestFinished(() => clearInterval(timer));
  expect(await going.ended).toBe(0);
  expect(going.stderr()).toBe("");
});

test("following sees a run and the one after it, and no line twice or not at all while its reader is slow", async () => {
  const project = newProject({
    name: "shop",
    defaults: { logs: { max_size: "64kB", keep: 1000 } },
    // In portions, so that the log is rotated meanwhile.
    services: {
      api: {
        command: "for i in 0 1 2 3 4 5 6 7 8 9; do seq $((i * 10000 + 1)) $((i * 10000 + 10000)); sleep 0.1; done",
        type: "task",
      },
    },
  });
  onTestFinished(() => project[Symbol.asyncDispose]());
  const going = following(project, "api", "-n", "all");
  going.child.stdout?.pause();
  expect(await launch(project, ["--non-interactive"])).toMatchObject({ code: 0 });
  expect(readdirSync(project.path(".launch/logs"))).toContain("api.1.log");
  going.child.stdout?.resume();
  await until(
    "the first run",
    () => going.stdout().endsWith("api | 100000\n"),
    () => going.stdout().slice(-100),
  );
  const expected = Array.from({ length: 100_000 }, (_, at) => `api | ${at + 1}\n`).join("");
  expect(going.stdout() === expected).toBe(true);
  expect(await launch(project, ["--non-interactive", "--quiet"])).toMatchObject({ code: 0 });
  await until(
    "the second run",
    () => going.stdout().length >= 2 * expected.length,
    () => going.stdout().slice(-100),
  );
  expect(going.stdout() === expected + expected).toBe(true);
});

test("-t puts date and time before each line, and blanks where nobody has noted it", async () => {
  const project = quietProject();
  writeLog(project, "api", [[1, "seen"]]);
  writeFileSync(project.path(".launch/logs/db.log"), "unseen\n");
  const { stdout } = await launch(project, ["logs", "-t"], { env: { TZ: "Asia/Tokyo" } });
  expect(stdout.split("\n").toSorted()).toEqual([
    "",
    `${" ".repeat("2026-01-31 21:00:01.000 ".length)}db  | unseen`,
    "2026-01-31 21:00:01.000 api | seen",
  ]);
});

test("-t puts date and time before the lines of a plain start", async () => {
  await using project = newProject({ services: { seed: { type: "task", command: "echo hello" } } });
  const { stdout } = await launch(project, ["-t"]);
  const lines = stdout.split("\n").filter((line) => /seed [>|]/.test(line));
  expect(lines.map((line) => line.replace(/^\d{4}(-\d\d){2} \d\d:\d\d:\d\d\.\d{3} /, "T "))).toEqual([
    "T seed > starting",
    "T seed | hello",
    expect.stringMatching(/^T seed > completed after /),
  ]);
});

test("a line that a run has not ended is none of the next run's first, in the same session or the next", async () => {
  const command = 'n=$(cat runs 2>/dev/null | wc -l); echo >>runs; printf "run $n"; test $((n % 2)) -eq 1';
  await using project = newProject({
    services: { once: { type: "task", command, restart: { policy: "on-failure", delay: 0 } } },
  });
  const first = await launch(project, ["--non-interactive", "--plain", "--no-color"]);
  const second = await launch(project, ["--non-interactive", "--json"]);
  expect([first.code, second.code]).toEqual([0, 0]);
  const runs = (text: string): readonly (string | undefined)[] => text.match(/…?run \d.*$/gm) ?? [];
  expect(runs((await shown(project, "once", "--no-color")).join("\n"))).toEqual(["run 0", "run 1", "run 2", "run 3"]);
  expect(runs(first.stdout)).toEqual(["run 0", "run 1"]);
  expect(second.stdout.match(/"line":"[^"]*"/g)).toEqual(['"line":"run 2"', '"line":"run 3"']);
});

test("a person is told why there is nothing to see, a program is not", async () => {
  await using project = newProject({ services: { api: "echo hello" } });
  const said = async (...args: readonly string[]): Promise<string> => {
    await using terminal = startTerminal(project, ["logs", ...args]);
    expect(await terminal.ended).toBe(0);
    return terminal.shown();
  };
  expect(await said()).toContain("Nothing has been written yet.");
  expect(await launch(project, ["logs"])).toMatchObject({ code: 0, stdout: "", stderr: "" });
  await launch(project, ["run", "--", "true"]);
  expect(await said("--grep", "nowhere")).toContain("No line that was written fits.");
  expect(await said()).toContain("hello");
});
