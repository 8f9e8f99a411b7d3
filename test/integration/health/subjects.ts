// Services, servers and bystanders for the tests of probes. Everything is on loopback and on ports that the system gave.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Health, Port, Probe, Readiness, Service } from "../../../src/core/service.ts";
import { now } from "../../../src/effects/clock.ts";
import type { Subject } from "../../../src/effects/health/subject.ts";
import type { ReadinessOptions } from "../../../src/effects/health/readiness.ts";
import { systemSockets } from "../../../src/effects/health/system.ts";

const env = { PATH: process.env["PATH"] ?? "", LAUNCH_RUN: "test-run" };

/** A service on the port, whose leader is this very process unless another is given. */
export function subject(port: Port | undefined, over: Partial<Subject> & { readonly host?: string } = {}): Subject {
  const { host, ...rest } = over;
  const service = {
    name: "api",
    scheme: "http",
    endpoints: port === undefined ? [] : [{ name: "main", source: "preferred", fixed: false, onConflict: "ask" }],
    ...(host === undefined ? {} : { host }),
  } as unknown as Service;
  return {
    service,
    ports: port === undefined ? {} : { main: port },
    env,
    cwd: process.cwd(),
    leader: { pid: process.pid },
    marker: "test-run",
    sockets: systemSockets,
    ...rest,
  };
}

/** What `awaitReady` wants for a probe. */
export function readiness(
  of: Subject,
  probe: Probe,
  over: Partial<Readiness> & { readonly signal?: AbortSignal; readonly reasons?: string[] } = {},
): ReadinessOptions {
  const { signal = new AbortController().signal, reasons, ...rest } = over;
  const ready: Readiness = { probe, timeout: 60_000, attempt: 30_000, success: 1, owner: "tree", ...rest };
  const onReason = (reason: string): void => void reasons?.push(reason);
  return { ...of, service: { ...of.service, ready }, spawnedAt: now(), signal, onReason };
}

/** A health probe asked every 10 ms. */
export function health(probe: Probe, over: Partial<Health> = {}): Health {
  return { probe, interval: 10, timeout: 1000, failures: 3, success: 1, restart: false, owner: "tree", ...over };
}

/** An http probe for a path that accepts 200 to 399. */
export function http(target: string, over: Partial<Probe & { kind: "http" }> = {}): Probe & { readonly kind: "http" } {
  return { kind: "http", target, status: [], headers: {}, ...over };
}

/** A listening server; its connections end with it. */
export interface Listening extends AsyncDisposable {
  readonly port: Port;
  readonly server: Server;
}

export async function serveHttp(handler: RequestListener, host = "127.0.0.1", port = 0): Promise<Listening> {
  return listen(createHttpServer(handler), host, port);
}

export async function serveTcp(handler: (socket: Socket) => void, host = "127.0.0.1", port = 0): Promise<Listening> {
  return listen(createServer(handler), host, port);
}

async function listen(server: Server, host: string, port: Port): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    sockets.add(socket);
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    server,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** A port that nobody listens on. */
export async function freePort(host = "127.0.0.1"): Promise<Port> {
  await using taken = await serveTcp(() => {}, host);
  return taken.port;
}

/** A process in a session of its own that owns no socket, as the leader of somebody else's service. */
export async function bystander(): Promise<AsyncDisposable & { readonly pid: number }> {
  const child = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
  await once(child, "spawn");
  const pid = child.pid!;
  return {
    pid,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
