import { describe, expect, it } from "vitest";
import { excerptOf, presentProblems, renderProblem } from "../../../src/manifest/problem.ts";
import type { Source } from "../../../src/manifest/source.ts";
import { problems } from "./project.ts";

/** The first line of each problem, without the manifest's name. */
async function told(text: string | Readonly<Record<string, string>>): Promise<readonly string[]> {
  const lines = (await problems(text)).split("\n");
  return lines.filter((line) => line.startsWith("services.yaml:")).map((line) => line.slice("services.yaml:".length));
}

const inService = (text: string): string => `services: {a: {command: x, ${text}}}`;

it("prints all problems of a file, each with its place, its line, a caret and a remedy", async () => {
  const text = `environment: {A: 1}
services:
  api:
    comand: npm start
    port: 99999
    environment: {A: b}
    watch: {paths: [src]}
    replicas: 2
    stop: {signal: SIGTREM, spare: []}
    depends_on: {db: service_healthy}
  db: {command: x, ready: {http: /x, tcp: main}, port: 1}
`;
  expect(await problems(text)).toBe(`services.yaml:1:1 "environment" is no key of a manifest
  environment: {A: 1}
  ^
  Variables go under \`env:\`, the label under \`label:\`.
services.yaml:4:5 "comand" is no key of a service
      comand: npm start
      ^
  Did you mean "command"?
services.yaml:5:11 port must be a whole number from 1 to 65535, not 99999
      port: 99999
            ^
services.yaml:6:5 "environment" is no key of a service
      environment: {A: b}
      ^
  Variables go under \`env:\`, the label under \`label:\`.
services.yaml:7:5 "watch" is not supported yet
      watch: {paths: [src]}
      ^
  Remove it for now.
services.yaml:8:15 "replicas: 2" is not supported yet
      replicas: 2
                ^
  Remove it for now.
services.yaml:9:20 no signal is called "SIGTREM"
      stop: {signal: SIGTREM, spare: []}
                     ^
  Did you mean "SIGTERM"?
services.yaml:10:22 depends_on.db must be "started", "ready" or "completed", or a map with condition, required, restart, not "service_healthy"
      depends_on: {db: service_healthy}
                       ^
  Here that is called "ready".
services.yaml:11:43 one kind of probe, not both http and tcp
    db: {command: x, ready: {http: /x, tcp: main}, port: 1}
                                            ^
  Keep one of them.`);
});

describe("keys", () => {
  it.each<readonly [string, readonly string[]]>([
    ...["watch", "stderr", "docker", "systemd", "remote", "package"].map(
      (key) => [inService(`${key}: x`), [`1:28 "${key}" is not supported yet`]] as const,
    ),
    ["control: {}\nservices: {a: x}", ['1:1 "control" is not supported yet']],
    [inService("replicas: 3"), ['1:38 "replicas: 3" is not supported yet']],
    [inService("ready: {announce: true}"), ['1:36 "ready.announce" is not supported yet']],
    [inService("health: {notify: true, tcp: 1}"), ['1:37 "notify" is no key of `health`']],
    [inService("health: {announce: true, tcp: 1}"), ['1:37 "health.announce" is not supported yet']],
    ["servces: {a: x}", ['1:1 "servces" is no key of a manifest']],
    [
      "services: {a: x}\ndefaults: {comand: x, prot: 1, command: y}",
      [
        '2:12 "comand" is no key of `defaults`',
        '2:23 "prot" is no key of `defaults`',
        '2:32 "command" is no key of `defaults`',
      ],
    ],
    [inService("port: {prefered: 1}"), ['1:35 "prefered" is no key of a port']],
    ["services: {a: {cmd: x}}", ['1:16 "cmd" is no key of a service']],
  ])("%s", async (text, expected) => {
    expect(await told(text)).toEqual(expected);
  });

  it("are suggested from other tools' words too", async () => {
    expect(await problems("services: {a: {command: x, healthchek: {}}}")).toContain(
      "Readiness goes under `ready:`, later checks under `health:`.",
    );
    expect(await problems("services: {a: {command: x, zzzzz: {}}}")).toContain("Its keys: command, type, external,");
  });
});

describe("values", () => {
  it.each([
    [inService("type: servce"), '1:34 type must be "service" or "task", not "servce"'],
    [inService("logs: {max_size: 5}"), "1:45 logs.max_size must be a size such as 10MB or 1GiB, not 5"],
    [inService("logs: {max_size: 10kB}"), "1:45 a log cannot be bounded to less than 64kB"],
    [inService("logs: {keep: -1}"), "1:41 logs.keep must be a whole number from 0 to 1000, not -1"],
    [inService("port: 0"), "1:34 port must be a whole number from 1 to 65535, not 0"],
    [
      inService("port: autom"),
      '1:34 port must be a port from 1 to 65535, auto, dynamic, or a map with preferred, range, fixed, on_conflict, socket or protocol, not "autom"',
    ],
    [inService("port: {range: 5}"), '1:42 port.range must be a range of ports such as 8000-8010, not "5"'],
    [inService("port: {range: 9-5}"), "1:42 the range 9-5 ends before it begins"],
    [inService("port: {preferred: 4, range: 5-9}"), "1:56 4 is not in 5-9"],
    [inService("port: {port: auto, fixed: true}"), "1:54 a fixed port needs its number"],
    [inService("port: {port: 5, range: 5-9, fixed: true}"), "1:51 a fixed port has no range"],
    [inService("port: {port: dynamic, range: 5-9}"), "1:57 a dynamic port has no range"],
    [inService("port: {port: 5, preferred: 6}"), "1:55 `port` and `preferred` say the same"],
    [
      inService("port: {on_conflict: kil}"),
      '1:48 port.on_conflict must be "ask", "next", "kill", "adopt", "wait", "skip", "quit" or "fail", not "kil"',
    ],
    [
      inService("port: {preferred: 53, protocol: udp}, ready: {tcp: main}"),
      "1:79 main is a port of UDP, to which nothing can be connected",
    ],
    [
      inService("scheme: udp, port: 53, ready: {http: /}"),
      "1:65 main is a port of UDP, to which nothing can be connected",
    ],
    [
      inService("ports: {a: {port: 53, protocol: UDP}}, health: {tcp: a}"),
      "1:81 a is a port of UDP, to which nothing can be connected",
    ],
    [
      inService("socket: true, ready: notify, port: {preferred: 53, protocol: udp}"),
      "1:63 launch hands on sockets of TCP, not of UDP",
    ],
    [
      "services: { api: { external: true, port: {preferred: 53, protocol: udp} } }",
      "1:42 main is a port of UDP, to which nothing can be connected",
    ],
    [inService("socket: true, ready: notify"), "1:36 `socket` needs a port to listen on"],
    [
      inService("port: 1, socket: true"),
      "1:45 launch itself listens on this port, so that it can be connected to proves nothing",
    ],
    [
      inService("port: 1, socket: true, ready: listen"),
      "1:58 launch itself listens on this port, so that it can be connected to proves nothing",
    ],
    [
      inService("ready: none, ports: {a: 1, b: {port: 2, socket: true}}"),
      "1:35 launch itself listens on this port, so that it can be connected to proves nothing",
    ],
    [
      inService("type: task, ports: {a: 1, b: {port: 2, socket: true}}"),
      "1:75 only what launch keeps running can be handed a socket",
    ],
    [
      inService("port: {port: 1, socket: true}, ready: notify, tty: true"),
      "1:52 a service with a terminal of its own cannot be handed a socket",
    ],
    [
      inService("port: 1, socket: true, ready: notify, host: myhost"),
      "1:72 launch listens on this address itself and looks no name up",
    ],
    [
      inService("port: 1, socket: true, ready: notify, health: {tcp: main}"),
      "1:80 launch itself listens on this port, so it always can be connected to",
    ],
    [
      inService("host: 127.0.0.1:80"),
      '1:34 host must be a host name or an IP address, without brackets or a port, not "127.0.0.1:80"',
    ],
    [inService("ready: {notify: false}"), "1:44 ready.notify must be true, not false"],
    [inService("ready: {notify: true, log: x}"), "1:44 one kind of probe, not both log and notify"],
    [
      "services: {a: {external: true, ready: notify}}",
      "1:39 an external service tells launch nothing: `notify` has no meaning",
    ],
    [
      inService("health: notify"),
      '1:36 health must be listen, none, or a map with one of http, tcp, exec, log, listen, not "notify"',
    ],
    [inService("watchdog: 0"), "1:38 a watchdog needs some time"],
    [inService("type: task, watchdog: 1s"), "1:50 a watchdog is for what launch keeps running"],
    [inService("port: 1, ports: {main: 2}"), "1:51 `port:` is the endpoint main already"],
    [
      inService("ports: {A: 2}"),
      '1:36 the name "A" must be lower-case letters, digits, - and _, starting with a letter or digit',
    ],
    [inService("ready: {timeout: 10}"), "1:45 ready.timeout must be a duration such as 250ms, 10s or 2m, not 10"],
    [inService("ready: {timeout: 700h}"), "1:45 no wait can be longer than 24 days"],
    [inService("ready: {success: 0}"), "1:45 ready.success must be a whole number, 1 or more, not 0"],
    [
      inService("ready: http"),
      '1:35 ready must be listen, notify, none, or a map with one of http, tcp, exec, log, listen, notify, not "http"',
    ],
    [inService("ready: {http: health}, port: 1"), "1:42 an http probe asks a path such as /health or a URL"],
    [inService("ready: {http: /health}"), "1:42 a path needs a port to be asked on, and a has none"],
    [inService("ready: listen"), "1:35 `listen` needs a port, and a has none"],
    [inService("ready: {log: '(?=a)(a+)+$'}"), "1:41 this pattern could take for ever on a long line"],
    [inService("port: 80, health: {http: /, body: '(a+)\\1'}"), "1:62 this pattern could take for ever on a long line"],
    [inService("ready: {log: 'a(b'}"), "1:41 not a regular expression: Unterminated group"],
    [inService("ready: {log: a, body: b}"), "1:50 `body` belongs to an http probe"],
    [inService("ready: {tcp: mian}, port: 1"), '1:41 no endpoint is called "mian"'],
    [inService("ready: {listen: ws}, port: 1"), '1:44 no endpoint is called "ws"'],
    [inService("health: {interval: 1s}"), "1:36 `health` has nothing to check"],
    [inService("health: {log: x}"), "1:42 a line of output is said once and cannot be checked again"],
    [inService("restart: sometimes"), '1:37 restart must be "always", "on-failure" or "no", or a map, not "sometimes"'],
    [inService("restart: {delay: 5s, max_delay: 1s}"), "1:60 max_delay is shorter than delay"],
    [inService("type: task, restart: always"), "1:49 a task runs once, and always would run it for ever"],
    [inService("stop: {signal: SIGTREM}"), '1:43 no signal is called "SIGTREM"'],
    [inService("stop: {signal: TERM, command: y}"), "1:43 `stop.command` runs instead of a signal"],
    [
      inService("success_exit_codes: [256]"),
      "1:49 success_exit_codes[0] must be a whole number from 0 to 255, not 256",
    ],
    [inService("enabled: yes"), '1:37 enabled must be true or false, not "yes"'],
    [inService("tty: yes"), '1:33 tty must be true or false, not "yes"'],
    [inService("tty: true, stdin: null"), "1:46 with `tty: true` its stdin is the terminal and has no end"],
    [inService("env: [A=1]"), "1:33 env must be a map of names to values, not a list"],
    [inService("env: {A: [1]}"), "1:37 env.A must be text, a number, true, false or null, not a list"],
    [inService("env: {1A: x}"), '1:34 the name "1A" must be letters, digits and _, not starting with a digit'],
    [inService("files: {../f: x}"), '1:36 "../f" does not lie inside /project'],
    [inService("files: {x/../f: x}"), '1:36 "x/../f" does not lie inside /project'],
    [inService("files: {/f: x}"), '1:36 "/f" does not lie inside /project'],
    [
      inService("depends_on: b"),
      '1:40 depends_on must be a list of services, or a map of services to conditions, not "b"',
    ],
    [inService("env_file: nope.env"), "1:38 env file /project/nope.env does not exist"],
    ["services: {a: {}}", "1:12 a has no command"],
    ["services: {a: }", "1:12 a is empty"],
    ["services: {a: [x]}", "1:15 a must be a command, or a map, not a list"],
    ["services: {a: x}\ndefaults: x", '2:11 defaults must be a map of what every service says, not "x"'],
    ["services: {a: x}\nport_pool: 5", "2:12 port_pool must be a map, not 5"],
    [inService("stop: SIGTERM"), '1:34 stop must be a map, not "SIGTERM"'],
    [inService("stop: {spare: x}"), '1:42 stop.spare must be a list of names of programs, not "x"'],
    [
      inService("ready: {http: /, status: []}"),
      "1:53 ready.status must be an HTTP status such as 200, or a list of them, not an empty list",
    ],
    [
      "services: {a: {command: []}}",
      "1:25 command must be a command: a string for the shell, or a list of arguments, not an empty list",
    ],
    [
      inService("success_exit_codes: [.inf]"),
      "1:49 success_exit_codes[0] must be a whole number from 0 to 255, not Infinity",
    ],
    [
      "services: {constructor: x}",
      '1:12 the name "constructor" must be another word: `constructor` has a meaning of its own in JavaScript',
    ],
    [
      inService("ports: {constructor: 1}"),
      '1:36 the name "constructor" must be another word: `constructor` has a meaning of its own in JavaScript',
    ],
    [inService("env: {__proto__: [1]}"), "1:34 `__proto__` has a meaning of its own in JavaScript and cannot be a key"],
    [
      "services: {A: x}",
      '1:12 the name "A" must be lower-case letters, digits, - and _, starting with a letter or digit',
    ],
    ["services: []", "1:11 services must be a map of names to services, not an empty list"],
    ["services: {}", "1:11 there are no services"],
    ["services: {a: x}\nport_pool: {range: 9-8}", "2:20 the range 9-8 ends before it begins"],
    [
      "services: {a: x}\nenv_prefix: 1_",
      '2:13 env_prefix must be letters, digits and _, not starting with a digit, not "1_"',
    ],
    [
      "services: {a: {external: true}}",
      "1:15 an external service is known by its port or probe, and this one has neither",
    ],
    [
      "services: {a: {external: true, port: 1, command: x}}",
      "1:50 an external service is never started or stopped: `command` has no meaning",
    ],
    ["services: {a: {external: true, port: 1, type: task}}", "1:47 a task is run by launch, so it is not external"],
    [
      "services: {t: {command: x, type: task}, a: {command: x, depends_on: {t: ready}}}",
      "1:73 t is a task: it is never ready, it completes",
    ],
    [
      "services: {s: x, a: {command: x, depends_on: {s: completed}}}",
      "1:50 s never completes: it is restarted when it ends",
    ],
    ["services: {a-b: x, a_b: x}", "1:20 service a_b and service a-b are both A_B in the environment"],
    [
      "services: {a: {command: x, ports: {b: 1}}, a-b: {command: x, port: 2}}",
      "1:44 service a-b and endpoint b of a are both A_B_PORT in the environment",
    ],
    ["- a", "1:1 a manifest is a map with a `services:` key, not a list"],
    ["hello", "1:1 a manifest is a map with a `services:` key, not a single value"],
    ["# nothing\n", "1:1 the manifest is empty"],
    ["", "1:1 the manifest is empty"],
  ])("%s", async (text, expected) => {
    expect(await told(text)).toEqual([expected]);
  });
});

describe("variables", () => {
  it.each([
    [inService("label: '${NO:?please set it}'"), "1:35 NO is not set: please set it"],
    [inService("label: '${NO'"), "1:35 ${NO has no closing brace"],
    [inService("port: '${PORT}'"), "1:34 PORT is known only once ports are chosen"],
    [inService("port: 1, label: '${A_URL}'"), "1:44 A_URL is known only once ports are chosen"],
    [inService("port: '${NO}'"), "1:34 NO is not set"],
    [
      inService("port: '${P}', env: {P: '1${LAUNCH_SERVICE}'}"),
      "1:34 LAUNCH_SERVICE is known only when a service starts",
    ],
    [inService("working_dir: '${NO}'"), "1:41 NO is not set"],
    [inService("env: {P: 'a$5'}"), "1:37 $5 is no variable; write $$ for a dollar sign"],
    [inService("env: {P: '${P2}', P2: '${P2:?x}'}"), "1:50 P2 is not set: x"],
    ["env: {P: '${NO:?x}'}\nservices: {a: x}", "1:10 NO is not set: x"],
    ["services: {a: {command: [x, '${NO:?x}']}}", "1:29 NO is not set: x"],
  ])("%s", async (text, expected) => {
    expect(await told(text)).toEqual([expected]);
  });

  it("that refer to one another in a circle are told where they do", async () => {
    expect(await told(inService("env: {A: '${B}', B: '${A}'}"))).toEqual([
      "1:37 B → A → B refer to one another in a circle",
      "1:48 A → B → A refer to one another in a circle",
    ]);
  });
});

it("judges the rest of a service that has one wrong key, without a second word about that key", async () => {
  expect(await told(inService("port: x, ready: {http: /}, stop: {signal: X}, comand: y"))).toEqual([
    expect.stringContaining("1:34 port must be"),
    '1:70 no signal is called "X"',
    '1:74 "comand" is no key of a service',
  ]);
});

it("tells the problems of several files in the order of merging", async () => {
  const files = { "z.yaml": "\n\nservices: {a: []}", "a.yaml": "prot: 1" };
  const text = await problems(files, { files: ["z.yaml", "a.yaml"] });
  expect(text.split("\n").filter((line) => line.includes(".yaml:"))).toEqual([
    "z.yaml:3:15 a must be a command, or a map, not an empty list",
    'a.yaml:1:1 "prot" is no key of a manifest',
  ]);
});

it("asks for a unit where a duration has none", async () => {
  for (const key of ["ready: {timeout: 5}", "ready: {interval: 5}", "restart: {delay: 5}", "watchdog: 5"]) {
    expect(await problems(inService(key))).toContain("Give it a unit: 5s or 5ms.");
  }
  expect(await problems(inService("replicas: 5"))).not.toContain("unit");
});

it("tells a wrong default once, not for each service", async () => {
  expect(await told("defaults: {restart: nope}\nservices: {a: x, b: x}")).toHaveLength(1);
});

it("reads a BOM, refuses what is not UTF-8 and what is no file", async () => {
  expect(await told("\ufeffservices: {a: []}")).toEqual(["1:15 a must be a command, or a map, not an empty list"]);
  const latin = { "services.yaml": Uint8Array.from([0x61, 0xe9, 0x3a]) };
  expect(await problems(latin)).toBe("/project/services.yaml is not UTF-8 text; save it as UTF-8");
  expect(await problems("", { files: ["nope.yaml", "."] })).toBe(
    "/project/nope.yaml does not exist\n/project is a directory\n  Name the manifest in it.",
  );
});

it("prints nothing that moves, erases or reorders, also in its words", () => {
  const problem = { message: 'no key "\u001b[2J\n\u202e"', remedy: "Say a\u0007,\nor b." };
  expect(renderProblem(problem, "/")).toBe('no key "␛[2J␊\ufffd"\n  Say a␇,\n  or b.');
});

describe("an excerpt", () => {
  const source = (text: string): Source => ({ file: "/f", text, lineStarts: [0] });
  const at = (column: number) => ({ file: "/f", line: 1, column });

  it("is clipped around its place", () => {
    const excerpt = excerptOf(source(`${"a".repeat(200)}X${"b".repeat(200)}`), at(201));
    expect(excerpt).toEqual({ text: `…${"a".repeat(50)}X${"b".repeat(49)}…`, caret: 51 });
  });

  it("shows nothing that moves, erases or reorders", () => {
    expect(excerptOf(source("a\tb\u001b[2J\u202ec\u0085\r"), at(4))).toEqual({ text: "a b␛[2J�c�", caret: 3 });
  });
});

it("shows at most a hundred problems and says how many more there are", () => {
  const many = Array.from({ length: 130 }, (_, index) => ({
    place: { file: "/f", line: 131 - index, column: 1 },
    message: "m",
  }));
  const shown = presentProblems(many, new Map());
  expect(shown).toHaveLength(101);
  expect(shown[0]?.place?.line).toBe(2);
  expect(renderProblem(shown[100]!, "/")).toBe("and 30 more problems, not shown");
});

it("shows a path relative to where one is, or absolute where that is shorter", () => {
  const problem = { place: { file: "/a/b/services.yaml", line: 1, column: 2 }, message: "m" };
  expect(renderProblem(problem, "/a")).toBe("b/services.yaml:1:2 m");
  expect(renderProblem(problem, "/somewhere/else/and/deeper/still")).toBe("/a/b/services.yaml:1:2 m");
});

it.each([
  "command: [sh, -c, 'echo $1']",
  "command: x, env: {A: $1}",
  "command: x, open: $1",
  "command: x, stop: {command: [kill, $1]}",
])("a dollar that begins no variable is told where it stands: %s", async (text) => {
  expect(await told(`services: {a: {${text}}, b: {command: x, port: 8000}}`)).toEqual([
    expect.stringMatching(/^1:\d+ \$1 is no variable; write \$\$ for a dollar sign$/),
  ]);
});
