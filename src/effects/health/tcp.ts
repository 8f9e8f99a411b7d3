// The tcp probe: a connection that is accepted, and closed at once.

import { connect } from "node:net";
import type { Port } from "../../core/service.ts";
import { deadline } from "../clock.ts";
import { describeAddress, type Target } from "./address.ts";
import { describeConnect, describeSilence, isRefusal } from "./connect.ts";
import type { Bound, ProbeResult } from "./subject.ts";

/** Connects to the first of the target's addresses that does not refuse. */
export async function probeTcp({ hosts, port }: Target, { within, signal, onAsk }: Bound): Promise<ProbeResult> {
  using bound = deadline(within, signal);
  let refused: string | undefined;
  for (const host of hosts) {
    onAsk?.(`connect ${describeAddress(host, port)}`);
    const error = await tryConnect(host, port, bound.signal);
    if (bound.passed) {
      return { ok: false, reason: `connect ${describeAddress(host, port)}: ${describeSilence(within)}` };
    }
    signal.throwIfAborted();
    if (error === undefined) return { ok: true, answered: { host, port } };
    if (!isRefusal(error)) return { ok: false, reason: describeConnect(host, port, error) };
    refused ??= describeConnect(host, port, error);
  }
  return { ok: false, reason: refused ?? "no address to connect to", refused: true };
}

/** Resolves with what went wrong, or `undefined` when the connection stood. */
function tryConnect(host: string, port: Port, signal: AbortSignal): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    socket.on("error", resolve);
    socket.on("connect", () => {
      // A port in the range that clients get theirs from can be given to this very connection: then we met ourselves.
      const met = socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
      socket.destroy();
      resolve(met ? Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" }) : undefined);
    });
  });
}
