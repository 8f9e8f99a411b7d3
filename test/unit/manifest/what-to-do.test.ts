// What to do about each contradiction in a service, and what is none, though only just.

import { describe, expect, it } from "vitest";
import { problems, service } from "./project.ts";

const inService = (text: string): string => `services: {a: {command: x, ${text}}}`;

/** The words below the caret. */
async function remedyFor(text: string): Promise<string> {
  const lines = (await problems(text)).split("\n");
  const caret = lines.findIndex((line) => /^ +\^$/.test(line));
  return lines
    .slice(caret + 1)
    .map((line) => line.trim())
    .join("\n");
}

describe("what to do is said", () => {
  it.each([
    ["port: 1, ports: {main: 2}", "Keep one of them, or choose another name."],
    ["port: {port: auto, fixed: true}", "Say `preferred: NUMBER`."],
    ["port: {port: 5, range: 5-9, fixed: true}", "Remove `fixed` or `range`."],
    ["port: {port: dynamic, range: 5-9}", "Say `port: auto` to take one from a range."],
    ["port: {preferred: 4, range: 5-9}", "Prefer a port of the range, or widen it."],
    ["port: {port: 5, preferred: 6}", "Keep one of them."],
    ["port: {range: 9-5}", "Write 5-9."],
    ["type: task, restart: always", 'Write "on-failure" or "no", or `type: service`.'],
    ["restart: {delay: 5s, max_delay: 1s}", "Raise max_delay or lower delay."],
    ["stop: {signal: TERM, command: y}", "Keep one of them."],
    ["stop: {signal: SIGTREM}", 'Did you mean "SIGTERM"?'],
    ["stop: {signal: nothing}", "Usual ones: SIGTERM, SIGINT, SIGQUIT, SIGHUP."],
    ["socket: true, ready: notify", "Give the service a `port:`."],
    ["type: task, port: {port: 1, socket: true}", "Remove `socket: true`."],
    ["port: {port: 1, socket: true}, ready: notify, tty: true", "Remove `tty` or `socket`."],
    ["port: 1, socket: true, ready: notify, host: myhost", "Write its IP address, or localhost."],
    ["port: 1, socket: true", "Say what does by `ready:` with http, log or notify."],
    ["port: 1, socket: true, ready: notify, health: listen", "Use http or exec."],
    ["type: task, watchdog: 1s", "Remove it."],
    ["type: task, ready: notify", "Remove it."],
    ["ready: {log: a, body: b}", ""],
    ["ready: {log: a, notify: true}", "Keep one of them."],
    ["ready: listen", "Give the service a `port:`."],
    ["ready: {http: /x}", "Give the service a `port:`, or write a whole URL."],
    ["port: 1, ready: {tcp: mian}", 'Did you mean "main"?'],
    ["port: 1, ready: {tcp: zzzzzz}", "Its endpoints: main; `main` is the one of `port:`."],
    ["ready: {tcp: zzzzzz}", "The service has no ports."],
    ["health: {interval: 1s}", "Name one of http, tcp, exec, log, listen."],
    ["health: {log: x}", "Use http, tcp, exec or listen."],
    ["files: {../x: y}", "Files are written below the manifest's directory; write a path relative to it, without .."],
    [
      "port: '${PORT}'",
      "What launch sets can stand in command lists, env, the contents of files, and the http, tcp, exec and headers of probes. Write it out here.",
    ],
    [
      "port: 1, files: {'a-${PORT}': x}",
      "Of what launch sets, a path may hold ${LAUNCH_INSTANCE}, ${LAUNCH_PROJECT}, ${LAUNCH_SERVICE}.",
    ],
    ["open: '/${LAUNCH_INSTANCE}'", "Of what launch sets, a page may hold ports, hosts and URLs."],
    ["env_file: nope.env", "Create it, or say `{ path: …, required: false }`."],
  ])("%s", async (text, remedy) => {
    expect(await remedyFor(inService(text))).toBe(remedy);
  });

  it.each([
    ["services: {a: {external: true}}", "Give it a `port:`, or a `ready:` with http, tcp or exec."],
    ["services: {a: {external: true, port: 1, ready: {log: x}}}", "Use http, tcp or exec."],
    ["services: {t: {command: x, type: task}, a: {command: x, depends_on: {t: ready}}}", 'Write "completed".'],
    [
      "services: {s: x, a: {command: x, depends_on: {s: completed}}}",
      'Write "ready", or give s `type: task` or `restart: no`.',
    ],
    ["services: {s: {external: true, port: 1}, a: {command: x, depends_on: {s: completed}}}", 'Write "ready".'],
    ["services: {a-b: x, a_b: x}", "Rename one of them."],
  ])("%s", async (text, remedy) => {
    expect(await remedyFor(text)).toBe(remedy);
  });
});

it("what runs elsewhere never completes", async () => {
  const text = "services: {s: {external: true, port: 1}, a: {command: x, depends_on: {s: completed}}}";
  expect(await problems(text)).toContain("s never completes: it runs elsewhere\n");
});

describe("is no contradiction", () => {
  it.each([
    ["port: {preferred: 5, range: 5-9}"],
    ["port: {preferred: 9, range: 5-9}"],
    ["port: {range: 5-5}"],
    ["port: {range: 1-65535}"],
    ["restart: {delay: 5s, max_delay: 5s}"],
    ["type: task, restart: on-failure"],
    ["stop: {signal: int}"],
    ["port: 1, socket: true, ready: notify, host: localhost"],
    ["port: 1, socket: true, ready: {log: x}, host: '::1'"],
    ["port: 1, socket: true, ready: {http: /}, health: {exec: x}"],
    ["ready: {tcp: '5000'}"],
    ["ready: {tcp: 'box:5000'}"],
    ["ready: {tcp: '${HOST_PORT}'}, env: {HOST_PORT: '1'}"],
    ["ready: {http: 'https://box/'}"],
    ["files: {..x: y}"],
    ["files: {x/y: z}"],
  ])("%s", async (text) => {
    expect((await service("a", inService(text))).name).toBe("a");
  });

  it("that a service completes which is not started again", async () => {
    const text = "services: {s: {command: x, restart: no}, a: {command: x, depends_on: {s: completed}}}";
    expect((await service("a", text)).needs).toMatchObject([{ service: "s", condition: "completed" }]);
  });
});

it.each([
  ["restart: {delay: 20s}", { delay: 20_000, maxDelay: 20_000 }],
  ["restart: {delay: 1s}", { delay: 1000, maxDelay: 10_000 }],
  ["restart: no", { policy: "no" }],
  ["type: task", { policy: "no" }],
])("%s is %j", async (text, restart) => {
  expect(await service("a", inService(text))).toMatchObject({ restart });
});
