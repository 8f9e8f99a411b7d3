// One probe of any kind, from the question to the answer. How often, and what an answer means, is decided by
// `readiness.ts` and `watch.ts`.

import { withoutCredentials } from "../../core/mask.ts";
import type { Port, Probe } from "../../core/service.ts";
import { bindingOf } from "../../plan/binding.ts";
import { httpTarget, mainPort, type Target, tcpTarget } from "./address.ts";
import type { Bound, ProbeResult, Subject } from "./subject.ts";

/** Asks once; the templates of the probe are rendered already. Rejects only with the signal's reason. */
export async function runProbe(probe: Probe, subject: Subject, bound: Bound): Promise<ProbeResult> {
  const { service, ports } = subject;
  switch (probe.kind) {
    case "listen": {
      const port = ports[probe.endpoint];
      if (port === undefined) return failed(`the service has no port called ${probe.endpoint}`);
      const { probeListen } = await import("./listen.ts");
      const endpoint = service.endpoints.find(({ name }) => name === probe.endpoint);
      return probeListen(bindingOf(service, endpoint ?? {}, port), subject.sockets);
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
    case "notify":
      return subject.word?.given() === true ? { ok: true } : failed("it has not said READY=1");
    case "none":
      return { ok: true };
  }
}

/** What the probe needs is loaded while there is nobody to ask yet. */
export async function prepareProbe({ kind }: Probe): Promise<void> {
  if (kind === "exec") await (await import("./exec.ts")).readyToRun();
}

/** Where a probe connects to; undefined for one that does not. */
export function targetOf(probe: Probe, { service, ports }: Pick<Subject, "service" | "ports">): Target | undefined {
  if (probe.kind === "tcp") return tcpTarget(probe.address, service, ports);
  return probe.kind === "http" ? httpTarget(probe.target, service, ports) : undefined;
}

function failed(reason: string): ProbeResult {
  return { ok: false, reason };
}

function noTarget(target: string, port: Port | undefined): string {
  const shown = withoutCredentials(target);
  // What is no URL may have a password anywhere before its last `@`.
  if (/^https?:/i.test(target)) return `${target.replace(/:\S*@/, "://…@")} is no URL`;
  return port === undefined ? `the service has no port to ask for ${shown}` : `${shown} is no path and no URL`;
}
