// One probe of any kind, from the question to the answer. How often, and what an answer means, is decided by
// `readiness.ts` and `watch.ts`.

import type { Millis, Port, Probe, Service } from "../../core/service.ts";
import type { Leader } from "../ports/ownership.ts";
import type { Listener } from "../ports/sockets.ts";
import { httpTarget, mainPort, type Ports, tcpTarget } from "./address.ts";
import type { LogMatch } from "./log.ts";

/** What answered: an address that was connected to, or a socket that was seen. */
export interface Answered {
  readonly host: string;
  readonly port: Port;
  /** The listening socket, where the probe has seen it. */
  readonly inode?: number;
}

/** The answer to one probe; the reason is a short sentence without a final stop. */
export type ProbeResult =
  | { readonly ok: true; readonly answered?: Answered }
  | { readonly ok: false; readonly reason: string };

/** The system's sockets, as far as probes look at them. */
export interface Sockets {
  /** Fresh rows of the table. */
  readonly read: () => Promise<readonly Listener[]>;
  /** The same, cheap and up to 100 ms old while nothing has changed: for polling. */
  readonly poll: () => Promise<readonly Listener[]>;
  /** Changes when a socket starts to listen; `undefined` where the system does not count. */
  readonly count: () => string | undefined;
  readonly owns: (leader: Leader, inode: number, marker: string) => Promise<"yes" | "no" | "unknown">;
}

/** One run of a service, as probes see it. */
export interface Subject {
  readonly service: Service;
  readonly ports: Ports;
  /** The whole environment of the service's own processes; exec probes get the same. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Absent for a service that runs elsewhere: then nothing can be said about who answers. */
  readonly leader?: Leader;
  /** What `LAUNCH_RUN` holds in the service's environment. */
  readonly marker: string;
  /** What a log probe has seen of this run; needed for log probes only. */
  readonly log?: LogMatch;
  readonly sockets: Sockets;
}

/** How long one probe may take as a whole, and what ends it earlier. */
export interface Bound {
  readonly within: Millis;
  readonly signal: AbortSignal;
}

/** Asks once; the templates of the probe are rendered already. Rejects only with the signal's reason. */
export async function runProbe(probe: Probe, subject: Subject, bound: Bound): Promise<ProbeResult> {
  const { service, ports } = subject;
  switch (probe.kind) {
    case "listen": {
      const port = ports[probe.endpoint];
      if (port === undefined) return failed(`the service has no port called ${probe.endpoint}`);
      const { probeListen } = await import("./listen.ts");
      return probeListen({ port, ...(service.host === undefined ? {} : { host: service.host }) }, subject.sockets);
    }
    case "tcp": {
      const target = tcpTarget(probe.address, service, ports);
      if (target === undefined) return failed(`${probe.address} is no port, no endpoint and no host:port`);
      const { probeTcp } = await import("./tcp.ts");
      return probeTcp(target, bound);
    }
    case "http": {
      const target = httpTarget(probe.target, service, ports);
      if (target === undefined) return failed(noTarget(probe.target, mainPort(service, ports)));
      const { probeHttp } = await import("./http.ts");
      return probeHttp(target, probe, bound);
    }
    case "exec": {
      const { probeExec } = await import("./exec.ts");
      return probeExec(probe.command, subject, bound);
    }
    case "log": {
      const { probeLog } = await import("./log.ts");
      return probeLog(probe.pattern, subject.log);
    }
    case "none":
      return { ok: true };
  }
}

function failed(reason: string): ProbeResult {
  return { ok: false, reason };
}

function noTarget(target: string, port: Port | undefined): string {
  return port === undefined ? `the service has no port to ask for ${target}` : `${target} is no path and no URL`;
}
