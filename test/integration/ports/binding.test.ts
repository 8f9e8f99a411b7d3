import { BoundSocket, createServer, type Server } from "node:net";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { holdPort, tryPort } from "../../../src/effects/ports/binding.ts";
import { freePort, startNode, startStranger } from "./strangers.ts";
import { spawnSync } from "node:child_process";

const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === "::1"));
const hasPython = spawnSync("/usr/bin/python3", ["-c", "1"]).status === 0;

async function listen(
  host: string,
  ipv6Only = false,
  port = 0,
): Promise<{ server: Server; port: number } & Disposable> {
  const server = createServer().listen({ host, port, ipv6Only });
  await once(server, "listening");
  return { server, port: (server.address() as { port: number }).port, [Symbol.dispose]: () => server.close() };
}

describe.runIf(hasIPv6 && process.platform === "linux")("a port is not free", () => {
  // Rows and columns of what Linux lets be bound beside each other.
  test.each([
    ["127.0.0.1", false, { "127.0.0.1": "in-use", "0.0.0.0": "in-use", "::1": "free", "::": "in-use" }],
    ["0.0.0.0", false, { "127.0.0.1": "in-use", "0.0.0.0": "in-use", "::1": "free", "::": "in-use" }],
    ["::1", true, { "127.0.0.1": "free", "0.0.0.0": "free", "::1": "in-use", "::": "in-use" }],
    ["::", true, { "127.0.0.1": "free", "0.0.0.0": "free", "::1": "in-use", "::": "in-use" }],
    ["::", false, { "127.0.0.1": "in-use", "0.0.0.0": "in-use", "::1": "in-use", "::": "in-use" }],
    ["127.0.0.2", false, { "127.0.0.1": "free", "0.0.0.0": "in-use", "::1": "free", "::": "in-use" }],
  ] as const)("when someone listens on %s (IPv6 only: %s)", async (host, ipv6Only, expected) => {
    using holder = await listen(host, ipv6Only);
    expect(tryPort({ port: holder.port })).toBe("in-use");
    for (const [address, state] of Object.entries(expected)) {
      expect(`${address} ${tryPort({ port: holder.port, host: address })}`).toBe(`${address} ${state}`);
    }
  });
});

test("a port is free when nobody has it, also for a host that is a name", async () => {
  const port = await freePort();
  expect(tryPort({ port })).toBe("free");
  expect(tryPort({ port, host: "localhost" })).toBe("free");
});

test("an address that this machine does not have is not in use", async () => {
  expect(tryPort({ port: await freePort(), host: "192.0.2.1" })).toBe("free");
});

test("a connection that was closed a moment ago does not count as a holder", async () => {
  const holder = await listen("127.0.0.1");
  holder.server.on("connection", (socket) => socket.end());
  const client = connect(holder.port, "127.0.0.1");
  client.resume();
  await once(client, "close");
  holder.server.close();
  await once(holder.server, "close");
  expect(tryPort({ port: holder.port })).toBe("free");
});

test.runIf(hasPython)(
  "a socket that is bound and does not listen counts when no server could bind beside it",
  async () => {
    const script = (reuse: number): string => `
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, ${reuse})
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
sys.stdin.read()`;
    await using deaf = await startStranger("/usr/bin/python3", ["-c", script(0)]);
    await using kind = await startStranger("/usr/bin/python3", ["-c", script(1)]);
    expect(tryPort({ port: Number(deaf.line) })).toBe("in-use");
    expect(tryPort({ port: Number(kind.line) })).toBe("free");
    using proof = await listen("127.0.0.1", false, Number(kind.line));
    expect(proof.port).toBe(Number(kind.line));
  },
);

test.runIf(process.platform === "linux" && process.getuid?.() === 0)(
  "a low port without the privilege is its own answer",
  async () => {
    const path = new URL("../../../src/effects/ports/binding.ts", import.meta.url).href;
    // Only where low ports are privileged at all: containers often open them to everybody.
    await using probe = await startNode(
      `import { BoundSocket } from "node:net"; process.setgid(65534); process.setuid(65534);
     let refused = false; try { new BoundSocket({ host: "127.0.0.1", port: 81 }).close(); } catch (error) { refused = error.code === "EACCES"; }
     const { tryPort } = await import(${JSON.stringify(path)}); console.log(refused, tryPort({ port: 81 }));`,
    );
    expect(probe.line).toBe(probe.line.startsWith("true") ? "true privileged" : "false free");
  },
);

describe("a hold", () => {
  test("does not stand in the way of our own test of the port", async () => {
    const port = await freePort();
    using hold = holdPort({ port }) as Disposable & { port: number };
    expect(hold.port).toBe(port);
    expect(tryPort({ port })).toBe("free");
  });
  test("lets a server listen, which the next test of the port sees", async () => {
    const port = await freePort();
    using _hold = holdPort({ port }) as Disposable;
    using _server = await listen("127.0.0.1", false, port);
    expect(tryPort({ port })).toBe("in-use");
    expect(holdPort({ port })).toBe("in-use");
  });
  test("is on the service's own address when it has one", async () => {
    const hold = holdPort({ port: 0, host: "127.0.0.1" }) as Disposable & { port: number };
    expect(hold.port).toBeGreaterThan(0);
    hold[Symbol.dispose]();
    new BoundSocket({ host: "127.0.0.1", port: hold.port }).close();
  });
});

describe("a UDP port", () => {
  async function bindUdp(address = "127.0.0.1"): Promise<{ readonly port: number } & Disposable> {
    const socket = createSocket("udp4").bind(0, address);
    await once(socket, "listening");
    return { port: socket.address().port, [Symbol.dispose]: () => socket.close() };
  }

  test("is in use where a UDP socket has it, and free for TCP and on other addresses", async () => {
    using taken = await bindUdp();
    const { port } = taken;
    expect(tryPort({ port, transport: "udp" })).toBe("in-use");
    expect(tryPort({ port, transport: "udp", host: "127.0.0.1" })).toBe("in-use");
    expect(tryPort({ port, transport: "udp", host: "0.0.0.0" })).toBe("in-use");
    expect(tryPort({ port, transport: "udp", host: "127.0.0.2" })).toBe("free");
    expect(tryPort({ port, host: "127.0.0.1" })).toBe("free");
  });

  test("is kept while it is held, on every address, and had again after", async () => {
    const hold = holdPort({ port: 0, transport: "udp" }) as Disposable & { port: number };
    const { port } = hold;
    expect(port).toBeGreaterThan(0);
    for (const host of ["127.0.0.1", "::1", "0.0.0.0"]) {
      expect(tryPort({ port, transport: "udp", host })).toBe("in-use");
    }
    hold[Symbol.dispose]();
    hold[Symbol.dispose]();
    using again = holdPort({ port, transport: "udp" }) as Disposable;
    expect(again).not.toBe("in-use");
    expect(tryPort({ port, transport: "udp" })).toBe("in-use");
  });

  test("on an address that this machine does not have is nobody's", () => {
    expect(tryPort({ port: 5353, transport: "udp", host: "192.0.2.1" })).toBe("free");
  });
});
