// Copies of one stack beside each other: two worktrees, and two instances of one, with servers that write over their
// environment.

import { spawnSync } from "node:child_process";
import { describe, expect, onTestFinished, test } from "vitest";
import { launch } from "../helpers/launch.ts";
import { newProject, type TestProject } from "../helpers/project.ts";
import { freePorts } from "../integration/ports/strangers.ts";

/** Where Debian puts nginx, which is not on every user's path. */
const path = `${process.env["PATH"]}:/usr/sbin`;
const missing = ["redis-server", "nginx"].filter(
  (program) => spawnSync(program, ["-v"], { env: { PATH: path }, stdio: "ignore" }).error !== undefined,
);

const nginxConf = `daemon off; pid nginx.pid; error_log stderr;
events {}
http {
  access_log off; client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  server { listen 127.0.0.1:\${PORT}; return 200 "\${LAUNCH_INSTANCE}"; }
}
`;

interface Stack {
  readonly cache: number;
  readonly web: number;
}

/** A worktree of the stack, whose runs are stopped when the test is over. */
function newWorktree(wanted: readonly number[]): TestProject {
  const [cache, web] = wanted;
  const project = newProject({
    name: "stack",
    services: {
      cache: { command: 'exec redis-server --port $PORT --bind 127.0.0.1 --save "" --appendonly no', port: cache },
      web: {
        command: "exec nginx -e stderr -p . -c nginx.conf",
        port: web,
        files: { "nginx.conf": nginxConf },
      },
    },
  });
  onTestFinished(async () => {
    for (const args of [["down"], ["down", "--instance", "two"]]) await launch(project, args);
    await project[Symbol.asyncDispose]();
  });
  return project;
}

/** Brings it up with nobody there to ask; gives its ports. */
async function up(project: TestProject, args: readonly string[] = [], warning = ""): Promise<Stack> {
  const { code, stdout, stderr } = await launch(project, ["-d", "--wait", "--json", ...args], {
    env: { PATH: `${project.env["PATH"]}:/usr/sbin` },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: warning });
  const { services } = JSON.parse(stdout) as { services: { name: string; ports: { main: number } }[] };
  return Object.fromEntries(services.map(({ name, ports }) => [name, ports.main])) as unknown as Stack;
}

async function answerOf({ web }: Stack): Promise<string> {
  return (await fetch(`http://127.0.0.1:${web}/`)).text();
}

const reason = missing.length === 0 ? "" : `: left out, because there is no ${missing.join(" and no ")} here`;

describe.skipIf(missing.length > 0)(`redis and nginx on bare ports${reason}`, () => {
  test("two worktrees both come up, and the second moves away from the first", async () => {
    const [cache = 0, web = 0] = await freePorts(2);
    const wanted = [cache, web];
    const [one, two] = [newWorktree(wanted), newWorktree(wanted)];
    expect(await up(one)).toEqual({ cache, web });
    const said = await launch(two, ["conflicts", "--json"]);
    expect((JSON.parse(said.stdout) as { conflicts: unknown[] }).conflicts).toMatchObject(
      ["cache", "web"].map((service) => ({
        service,
        holder: { holder: { project: { name: "stack", service, root: one.directory, running: true } } },
        decision: { choice: "next", reason: "another launch project has it" },
      })),
    );
    const moved = await up(two);
    expect(Object.values(moved)).not.toContain(cache);
    expect(Object.values(moved)).not.toContain(web);
    expect(await answerOf(moved)).toBe("default");
    expect(await answerOf({ cache, web })).toBe("default");
    expect((await launch(one, ["status"])).code).toBe(0);
  });

  test("two instances of one worktree both come up, although they write the same file", async () => {
    const wanted = await freePorts(2);
    const project = newWorktree(wanted);
    const first = await up(project);
    const second = await up(
      project,
      ["--instance", "two"],
      `warning: web: instance default has written ${project.path("nginx.conf")} otherwise, and it is written over; each has its own with \${LAUNCH_INSTANCE} in the path\n`,
    );
    expect(await answerOf(first)).toBe("default");
    expect(await answerOf(second)).toBe("two");
    expect((await launch(project, ["restart", "web", "--instance", "two"])).code).toBe(0);
    expect(await answerOf(second)).toBe("two");
    // Whoever is started again finds the other's file, and writes its own.
    expect((await launch(project, ["restart", "web"])).code).toBe(0);
    expect(await answerOf(first)).toBe("default");
    expect((await launch(project, ["down", "--instance", "two"])).code).toBe(0);
    expect(project.has("nginx.conf")).toBe(true);
    expect(await answerOf(first)).toBe("default");
  });
});
