// `launch run -- CMD`: nothing of the command is left either, however launch or the command ends.

import { describe, expect, test } from "vitest";
import { launch, startLaunch } from "../helpers/launch.ts";
import { endAll, isAlive } from "../helpers/processes.ts";
import { newProject, type TestProject } from "../helpers/project.ts";
import { ctrlC, startTerminal } from "../helpers/terminal.ts";
import { anotherRequest, until } from "../helpers/wait.ts";

describe("what the command of launch run leaves", () => {
  const services = { api: { command: "exec sleep 1000" } };
  const away = "setsid sleep 1111 & env -i /bin/sh -c 'setsid sleep 2222 &'; sleep 3333 & ";
  const sleeping = (project: TestProject): readonly string[] =>
    ["1111", "2222", "3333"].filter((word) => project.processes().some(({ command }) => command === `sleep ${word}`));
  const allSleep = (project: TestProject): Promise<unknown> =>
    until("what the command has started", () => sleeping(project).length === 3);

  test.concurrent("is ended when it has ended by itself, and named", async () => {
    await using project = newProject({ services });
    const { code, stderr } = await launch(project, ["run", "--", "sh", "-c", `${away} exit 7`]);
    expect({ code, left: project.processes() }).toEqual({ code: 7, left: [] });
    expect(stderr).toMatch(/left by the command and was ended: pid \d+/);
  });

  test.concurrent("is ended with the command when launch is killed", async () => {
    await using project = newProject({ services });
    await using run = startLaunch(project, ["run", "--", "sh", "-c", `${away} exec deaf.js`]);
    await allSleep(project);
    run.signal("SIGKILL");
    await until("nothing to be left", () => project.processes().length === 0);
  });

  test.concurrent("is ended by the next start when the guard was killed as well, in the group of who starts it too", async () => {
    await using project = newProject({ services });
    await using run = startLaunch(project, ["run", "--", "sh", "-c", `${away} exec sleep 4444`]);
    await allSleep(project);
    run.signal("SIGSTOP");
    const guards = project.processes().filter(({ command }) => command.includes("launch-guard"));
    expect(guards).toHaveLength(1);
    endAll(guards);
    run.signal("SIGKILL");
    // Its output goes on: the command has it open.
    await until("launch to be gone", () => !isAlive(run.pid));
    expect(project.processes().some(({ command }) => command === "sleep 4444")).toBe(true);
    expect((await launch(project, ["run", "--", "true"])).code).toBe(0);
    expect(project.processes()).toEqual([]);
  });

  test.concurrent("is killed with a command that does not heed SIGTERM, after ten seconds", async () => {
    await using project = newProject({ services });
    await using run = startLaunch(project, ["run", "--", "sh", "-c", `${away} exec deaf.js`]);
    await allSleep(project);
    await until("the command", () => run.stdout().includes("deaf"));
    expect(await run.end("SIGTERM")).toBe(137);
    expect(project.processes()).toEqual([]);
    expect(run.stderr()).toContain("the command had not ended 10s after SIGTERM, and was killed");
  });

  test.concurrent("is killed by the second signal", async () => {
    await using project = newProject({ services });
    await using run = startLaunch(project, ["run", "--", "sh", "-c", `${away} exec deaf.js`]);
    await allSleep(project);
    await until("the command", () => run.stdout().includes("deaf"));
    run.signal("SIGTERM");
    await until("the first signal", () => run.stdout().includes("ignores SIGTERM"));
    await anotherRequest();
    expect(await run.end("SIGHUP")).toBe(137);
    expect(project.processes()).toEqual([]);
  });

  test.concurrent("is not what keeps the terminal from the command", async () => {
    await using project = newProject({ services });
    const read = "read line; echo got $line; exec sleep 1000";
    await using terminal = startTerminal(project, ["run", "--", "sh", "-c", `echo running; ${read}`]);
    await terminal.sees("running");
    terminal.type("words\r");
    await terminal.sees("got words");
    terminal.type(ctrlC);
    expect(await terminal.ended).toBe(130);
  });

  test.concurrent("goes without saying where the interpreter of a script is not there", async () => {
    await using project = newProject({ services }, { script: "#!/no/such/interpreter\n" });
    const { code, stderr } = await launch(project, ["run", "--", "sh", "-c", "chmod +x script"]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const failed = await launch(project, ["run", "--", "./script"]);
    expect(failed).toMatchObject({ code: 127 });
    expect(failed.stderr).toContain("launch run: command not found: ./script\n");
    expect(failed.stderr).not.toContain("exec");
  });
});
