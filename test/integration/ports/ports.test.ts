import { connect, createServer, type Server } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { describeConflict } from "../../../src/core/failure.ts";
import type { Endpoint, Service } from "../../../src/core/service.ts";
import { tryPort } from "../../../src/effects/ports/binding.ts";
import { leasePort } from "../../../src/effects/ports/leases.ts";
import { openPorts, type PortOptions } from "../../../src/effects/ports/ports.ts";
import { freePort, freePorts, startListener, startNode } from "./strangers.ts";

// A pool of this file's own: other tests may be using the usual one at the same time.
const [from = 0] = await freePorts(13);
const pool = { from, to: from + 12, fallback: "os" } as const;

const options = (more: Partial<PortOptions> = {}): PortOptions => ({
  pool,
  remembered: {},
  strict: false,
  ...more,
});

/** Only what claiming reads of a service. */
function service(
  name: string,
  wish: number | Partial<Endpoint> | readonly Partial<Endpoint>[],
  more: Partial<Service> = {},
): Service {
  const wishes = typeof wish === "number" ? [{ preferred: wish }] : Array.isArray(wish) ? wish : [wish];
  const endpoints = wishes.map((given) => ({
    name: "main",
    source: "preferred",
    fixed: false,
    onConflict: "ask",
    ...given,
  }));
  return { name, type: "service", endpoints, ...more } as unknown as Service;
}

async function listen(port: number, host = "127.0.0.1"): Promise<Server> {
  const server = createServer().listen({ port, host });
  await once(server, "listening");
  return server;
}

async function close(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

describe("claiming", () => {
  test("gives every service what it prefers when all is free", async () => {
    const [a = 0, b = 0, c = 0] = await freePorts(3);
    await using ports = openPorts(options());
    const claim = await ports.claim([
      service("api", a),
      service("bridge", [
        { name: "ws", preferred: b },
        { name: "admin", preferred: c },
      ]),
    ]);
    expect(claim).toEqual({ assigned: { api: { main: a }, bridge: { ws: b, admin: c } }, conflicts: [] });
    expect(ports.assigned).toEqual(claim.assigned);
    expect(leasePort({ port: a })).toBeUndefined();
  });

  test("names the holder of a port that is taken, and proposes where to go", async () => {
    await using stranger = await startListener("127.0.0.1");
    const other = await freePort();
    await using ports = openPorts(options());
    const claim = await ports.claim([
      service("api", { preferred: stranger.port, range: { from: other, to: other } }),
      service("web", await freePort()),
    ]);
    expect(claim.assigned["api"]).toEqual({});
    expect(claim.conflicts).toMatchObject([
      {
        service: "api",
        endpoint: "main",
        port: stranger.port,
        next: other,
        holder: { kind: "process", holder: { pid: stranger.pid } },
      },
    ]);
    expect(claim.conflicts[0]?.choices).toEqual(["next", "kill", "adopt", "wait", "skip", "quit"]);
    expect(ports.assign("api", "main")).toBe(other);
    expect(ports.assigned["api"]).toEqual({ main: other });
    using freed = leasePort({ port: stranger.port });
    expect(freed).toBeDefined();
  });

  test("sees a stranger on any address of the number", async () => {
    await using stranger = await startListener("::1");
    await using ports = openPorts(options());
    expect((await ports.claim([service("api", stranger.port)])).conflicts).toMatchObject([
      { holder: { holder: { pid: stranger.pid } } },
    ]);
  });

  test("looks only at the service's own address when it has one", async () => {
    await using stranger = await startListener("::1");
    await using ports = openPorts(options());
    const { conflicts } = await ports.claim([service("api", stranger.port, { host: "127.0.0.1" })]);
    expect(conflicts).toEqual([]);
  });

  test("gives one number to services on different addresses, and to TCP and UDP", async () => {
    const port = await freePort();
    await using ports = openPorts(options());
    const { assigned, conflicts } = await ports.claim([
      service("left", port, { host: "127.0.0.1" }),
      service("right", port, { host: "127.0.0.2" }),
      service("names", { preferred: port, transport: "udp" }),
    ]);
    expect(conflicts).toEqual([]);
    expect(assigned).toEqual({ left: { main: port }, right: { main: port }, names: { main: port } });
    const every = await ports.inspect([service("all", port, { host: "0.0.0.0" })]);
    expect(every.conflicts).toMatchObject([{ service: "all", holder: { kind: "lease" } }]);
    const { conflicts: own } = await ports.claim([service("all", port, { host: "0.0.0.0" })]);
    expect(own).toMatchObject([{ service: "all", holder: { kind: "sibling", service: "left" } }]);
    expect(await ports.open("names")).toEqual([]);
  });

  test("names the holder of a UDP port, whoever has the same number of TCP", async () => {
    await using stranger = await startNode(`
      import { createSocket } from "node:dgram";
      const socket = createSocket("udp4").bind(0, "127.0.0.1", () => console.log(socket.address().port));`);
    const port = Number(stranger.line);
    await using ports = openPorts(options());
    const { assigned, conflicts } = await ports.claim([
      service("dns", [
        { name: "tcp", preferred: port },
        { name: "udp", preferred: port, transport: "udp" },
      ]),
    ]);
    expect(assigned).toEqual({ dns: { tcp: port } });
    expect(conflicts).toMatchObject([{ endpoint: "udp", transport: "udp", holder: { holder: { pid: stranger.pid } } }]);
    expect(describeConflict(conflicts[0]!)).toContain(`UDP port ${port} is held by node (pid ${stranger.pid}`);
  });

  test("holds a UDP port while its service is down, and frees it at the spawn", async () => {
    const port = await freePort();
    await using ports = openPorts(options());
    await ports.claim([service("dns", { preferred: port, transport: "udp" })]);
    expect(tryPort({ port, transport: "udp" })).toBe("in-use");
    expect(await ports.open("dns")).toEqual([]);
    expect(tryPort({ port, transport: "udp" })).toBe("free");
    ports.hold("dns");
    expect(tryPort({ port, transport: "udp" })).toBe("in-use");
    expect(await ports.open("dns")).toEqual([]);
  });

  test("gives a number that two services prefer to the first, and the second must move", async () => {
    const port = await freePort();
    await using ports = openPorts(options());
    const claim = await ports.claim([service("api", port), service("web", port)]);
    expect(claim.assigned).toMatchObject({ api: { main: port }, web: {} });
    expect(claim.conflicts).toMatchObject([{ service: "web", port, holder: { kind: "sibling", service: "api" } }]);
    expect(claim.conflicts[0]?.next).not.toBe(port);
  });

  test("waits for a moment when a command that only looks has the lease", async () => {
    const port = await freePort();
    const glance = leasePort({ port });
    await using ports = openPorts(options());
    const claiming = ports.claim([service("api", port)]);
    glance?.[Symbol.dispose]();
    expect(await claiming).toEqual({ assigned: { api: { main: port } }, conflicts: [] });
  });

  test("proposes a different port to each of several conflicts, and nothing to one that is fixed", async () => {
    await using one = await startListener("127.0.0.1");
    await using two = await startListener("127.0.0.1");
    await using three = await startListener("127.0.0.1");
    await using ports = openPorts(options());
    const { conflicts } = await ports.claim([
      service("a", one.port),
      service("b", two.port),
      service("c", { preferred: three.port, fixed: true }),
    ]);
    const [first, second, third] = conflicts;
    expect(first?.next).toBeDefined();
    expect(second?.next).toBeDefined();
    expect(first?.next).not.toBe(second?.next);
    expect(third?.next).toBeUndefined();
    expect(third?.choices).not.toContain("next");
    expect(ports.assign("b", "main", second?.next)).toBe(second?.next);
    expect(ports.assign("c", "main")).toBeUndefined();
  });

  test("takes auto from the pool around what others prefer, and dynamic from the system", async () => {
    const [from = 0] = await freePorts(3);
    const pool = { from, to: from + 2, fallback: "os" } as const;
    await using ports = openPorts(options({ pool }));
    const { assigned, conflicts } = await ports.claim([
      service("worker", { source: "auto" }),
      service("socket", { source: "dynamic" }),
      service("api", from),
    ]);
    expect(conflicts).toEqual([]);
    expect(assigned["api"]).toEqual({ main: from });
    expect(assigned["worker"]?.["main"]).not.toBe(from);
    expect(new Set(Object.values(assigned).map((own) => own["main"])).size).toBe(3);
  });

  test("keeps what this worktree had, unless it is taken", async () => {
    const [preferred = 0, before = 0, auto = 0] = await freePorts(3);
    await using stranger = await startListener("127.0.0.1");
    const remembered = { api: { main: before }, web: { main: stranger.port }, worker: { main: auto } };
    await using ports = openPorts(options({ remembered }));
    const other = await freePort();
    const { assigned, conflicts } = await ports.claim([
      service("api", preferred),
      service("web", other),
      service("worker", { source: "auto" }),
    ]);
    expect(conflicts).toEqual([]);
    expect(assigned).toEqual({ api: { main: before }, web: { main: other }, worker: { main: auto } });
  });

  test("says which range is full when there is nothing else", async () => {
    await using stranger = await startListener("127.0.0.1");
    const pool = { from: stranger.port, to: stranger.port, fallback: "fail" } as const;
    await using ports = openPorts(options({ pool }));
    const { conflicts } = await ports.claim([service("worker", { source: "auto" })]);
    expect(conflicts).toMatchObject([{ port: stranger.port, exhausted: { from: stranger.port, to: stranger.port } }]);
    expect(describeConflict(conflicts[0]!)).toContain(
      `no port from ${stranger.port} to ${stranger.port} is free; port ${stranger.port} is held by`,
    );
  });

  test("answers an external service's port as declared and takes nothing", async () => {
    await using stranger = await startListener("127.0.0.1");
    await using ports = openPorts(options());
    const claim = await ports.claim([service("cache", stranger.port, { type: "external" })]);
    expect(claim).toEqual({ assigned: { cache: { main: stranger.port } }, conflicts: [] });
    using lease = leasePort({ port: stranger.port });
    expect(lease).toBeDefined();
  });

  test("again keeps what is had, and follows a changed wish", async () => {
    const [one = 0, two = 0] = await freePorts(2);
    await using ports = openPorts(options());
    await ports.claim([service("api", one)]);
    expect((await ports.claim([service("api", one)])).assigned).toEqual({ api: { main: one } });
    expect((await ports.claim([service("api", two)])).assigned).toEqual({ api: { main: two } });
    using freed = leasePort({ port: one });
    expect(freed).toBeDefined();
  });

  test("to inspect leaves nothing behind", async () => {
    const port = await freePort();
    await using ports = openPorts(options());
    expect(await ports.inspect([service("api", port)])).toEqual({ assigned: { api: { main: port } }, conflicts: [] });
    expect(ports.assigned).toEqual({});
    using lease = leasePort({ port });
    expect(lease).toBeDefined();
  });
});

describe("over the life of a service", () => {
  test("its port is free at the spawn, kept while it is down, and given back in the end", async () => {
    const port = await freePort();
    const ports = openPorts(options());
    await ports.claim([service("api", port)]);
    for (let run = 0; run < 3; run++) {
      expect(await ports.open("api")).toEqual([]);
      await close(await listen(port));
      ports.hold("api");
    }
    expect(leasePort({ port })).toBeUndefined();
    ports.release("api");
    using lease = leasePort({ port });
    expect(lease).toBeDefined();
    expect(ports.assigned).toEqual({});
    await ports[Symbol.asyncDispose]();
  });

  test("a stranger who was faster is a conflict at the next start, until it is gone", async () => {
    const port = await freePort();
    await using ports = openPorts(options());
    await ports.claim([service("api", port)]);
    await ports.open("api");
    const stranger = await startListener("127.0.0.1", port);
    ports.hold("api");
    expect(await ports.open("api")).toMatchObject([
      { service: "api", port, holder: { kind: "process", holder: { pid: stranger.pid } } },
    ]);
    expect(ports.assigned["api"]).toEqual({});
    expect(ports.assign("api", "main", port)).toBeUndefined();
    await stranger.end();
    expect(await ports.open("api")).toEqual([]);
    expect(ports.assigned["api"]).toEqual({ main: port });
  });

  test("a stranger who listens beside our hold is seen too", async () => {
    const port = await freePort();
    await using ports = openPorts(options());
    await ports.claim([service("api", port)]);
    await using stranger = await startListener("127.0.0.1", port);
    expect(await ports.open("api")).toMatchObject([{ port, holder: { holder: { pid: stranger.pid } } }]);
  });

  test("a port can be had after all once its holder is gone", async () => {
    const stranger = await startListener("127.0.0.1");
    await using ports = openPorts(options());
    expect((await ports.claim([service("api", stranger.port)])).conflicts).toHaveLength(1);
    await stranger.end();
    expect(ports.assign("api", "main", stranger.port)).toBe(stranger.port);
    expect(await ports.open("api")).toEqual([]);
  });

  test("unknown names are answered with nothing", async () => {
    await using ports = openPorts(options());
    expect(ports.assign("nobody", "main")).toBeUndefined();
    expect(await ports.open("nobody")).toEqual([]);
    ports.hold("nobody");
    ports.release("nobody");
  });
});

test("two runs that start together never get the same port", async () => {
  const wanted = await freePorts(5);
  const path = JSON.stringify(new URL("../../../src/effects/ports/ports.ts", import.meta.url).href);
  const script = `
    import { createInterface } from "node:readline";
    const { openPorts } = await import(${path});
    const services = ${JSON.stringify(wanted)}.map((preferred, index) => ({
      name: "s" + index, type: "service", endpoints: [{ name: "main", source: "preferred", preferred, fixed: false, onConflict: "ask" }],
    }));
    services.push({ name: "auto", type: "service", endpoints: [{ name: "main", source: "auto", fixed: false, onConflict: "ask" }] });
    let ports;
    console.log("up");
    for await (const line of createInterface({ input: process.stdin })) {
      if (line === "release") { await ports[Symbol.asyncDispose](); console.log("released"); continue; }
      ports = openPorts({ pool: ${JSON.stringify(pool)}, remembered: {}, strict: false });
      const { conflicts } = await ports.claim(services);
      // Each round moves what it lost, while the other does the same.
      for (const { service, next } of conflicts) ports.assign(service, "main", next) ?? ports.assign(service, "main");
      console.log(JSON.stringify(Object.values(ports.assigned).map((own) => own.main)));
    }`;
  await using one = await startNode(script);
  await using two = await startNode(script);
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all([one.ask("claim"), two.ask("claim")]);
    const got = answers.flatMap((answer) => JSON.parse(answer) as number[]);
    expect(got).toHaveLength(12);
    expect(new Set(got).size).toBe(12);
    await Promise.all([one.ask("release"), two.ask("release")]);
  }
}, 60_000);

describe("sockets that are handed over", () => {
  const socket = { socket: true } as const;

  /** Whether a connection is accepted, be it only by the system. */
  async function connects(port: number, host = "127.0.0.1"): Promise<boolean> {
    const client = connect({ port, host });
    const result = await Promise.race([
      once(client, "connect").then(() => true),
      once(client, "error").then(() => false),
    ]).catch(() => false);
    client.destroy();
    return result;
  }

  test("listen from the claim on, also while the service is open and down, until they are released", async () => {
    const [a = 0, b = 0] = await freePorts(2);
    await using ports = openPorts(options());
    const api = service("api", [
      { name: "main", preferred: a, ...socket },
      { name: "admin", preferred: b, ...socket },
    ]);
    expect((await ports.claim([api])).conflicts).toEqual([]);
    expect(await connects(a)).toBe(true);
    expect(await connects(b)).toBe(true);
    const before = ports.sockets("api");
    expect(before.map(({ name }) => name)).toEqual(["main", "admin"]);
    expect(await ports.open("api")).toEqual([]);
    ports.hold("api");
    expect(await ports.open("api")).toEqual([]);
    expect(ports.sockets("api")).toEqual(before);
    expect(await connects(a)).toBe(true);
    ports.release("api");
    expect(await connects(a)).toBe(false);
  });

  test("are on the host of the service, and else on 127.0.0.1 alone", async () => {
    const [a = 0, b = 0] = await freePorts(2);
    await using ports = openPorts(options());
    await ports.claim([
      service("api", { preferred: a, ...socket }),
      service("six", { preferred: b, ...socket }, { host: "::1" }),
    ]);
    expect([await connects(a), await connects(a, "::1")]).toEqual([true, false]);
    expect([await connects(b), await connects(b, "::1")]).toEqual([false, true]);
  });

  test("leave the others of the service as they are", async () => {
    const [a = 0, b = 0] = await freePorts(2);
    await using ports = openPorts(options());
    await ports.claim([
      service("api", [
        { name: "main", preferred: a, ...socket },
        { name: "admin", preferred: b },
      ]),
    ]);
    expect(ports.sockets("api").map(({ name }) => name)).toEqual(["main"]);
    expect(await connects(b)).toBe(false);
    expect(await ports.open("api")).toEqual([]);
    await close(await listen(b));
  });

  test("are not made where a port is taken, on any address, and move to the next", async () => {
    const a = await freePort();
    await using ports = openPorts(options());
    const stranger = await listen(a, "::1");
    const api = service("api", { preferred: a, ...socket });
    const { conflicts } = await ports.claim([api]);
    expect(conflicts).toMatchObject([{ port: a, choices: expect.arrayContaining(["next"]) as unknown }]);
    expect(ports.sockets("api")).toEqual([]);
    const next = ports.assign("api", "main")!;
    expect((await ports.claim([api])).conflicts).toEqual([]);
    expect([await connects(next), ports.assigned["api"]]).toEqual([true, { main: next }]);
    await close(stranger);
  });

  test("close when the port moves, and are had from the pool and from the system too", async () => {
    await using ports = openPorts(options());
    const api = service("api", [
      { name: "main", source: "auto", ...socket },
      { name: "any", source: "dynamic", ...socket },
    ]);
    const { assigned } = await ports.claim([api]);
    const { main = 0, any = 0 } = assigned["api"] ?? {};
    expect([await connects(main), await connects(any)]).toEqual([true, true]);
    const next = ports.assign("api", "main")!;
    await ports.claim([api]);
    expect([await connects(main), await connects(next)]).toEqual([false, true]);
  });

  test("are had again where another has them, once those are gone", async () => {
    const a = await freePort();
    await using ports = openPorts(options());
    ports.reclaim(service("api", { preferred: a, ...socket }), { main: a });
    const former = await listen(a);
    expect(ports.sockets("api")).toEqual([]);
    expect((await ports.open("api")).length).toBe(1);
    await close(former);
    expect(await ports.open("api")).toEqual([]);
    expect(ports.sockets("api").length).toBe(1);
    expect(await connects(a)).toBe(true);
  });

  test("are only looked for by an inspection", async () => {
    const a = await freePort();
    await using ports = openPorts(options());
    const inspected = ports.inspect([service("api", { preferred: a, ...socket })]);
    expect(await inspected).toEqual({ assigned: { api: { main: a } }, conflicts: [] });
    expect(await connects(a)).toBe(false);
  });

  test("are made by Node where there is no Perl", async () => {
    const { PATH } = process.env;
    const a = await freePort();
    await using ports = openPorts(options());
    process.env["PATH"] = "/nowhere";
    await ports.claim([service("api", { preferred: a, ...socket })]);
    process.env["PATH"] = PATH;
    expect(await connects(a)).toBe(true);
  });
});
