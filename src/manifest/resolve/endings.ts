// `restart:` and `stop:` -> policies.

import { constants } from "node:os";
import type { NodeSignal, RestartPolicy, ServiceType, StopPolicy } from "../../core/service.ts";
import type { ServiceInput } from "../schema.ts";
import { defaults } from "../schema/defaults.ts";
import { didYouMean } from "../suggest.ts";
import { resolveDuration } from "./durations.ts";
import { resolveCommand } from "./probes.ts";
import { report } from "./saying.ts";
import type { Saying } from "./saying.ts";

/** When a service is started again. */
export function resolveRestart(input: ServiceInput["restart"], type: ServiceType, saying: Saying): RestartPolicy {
  const map = typeof input === "object" ? input : input === undefined ? {} : { policy: input };
  const of = defaults.restart;
  if (type === "task" && map.policy === "always") {
    report(
      saying,
      ["restart"],
      "a task runs once, and always would run it for ever",
      'Write "on-failure" or "no", or `type: service`.',
    );
  }
  const duration = (key: "delay" | "max_delay" | "window", otherwise: string): number =>
    resolveDuration(map[key] ?? otherwise, ["restart", key], saying);
  const delay = duration("delay", of.delay);
  const maxDelay = duration("max_delay", of.maxDelay);
  if (delay > maxDelay && map.max_delay !== undefined) {
    report(saying, ["restart", "max_delay"], "max_delay is shorter than delay", "Raise max_delay or lower delay.");
  }
  return {
    policy: map.policy ?? (type === "task" ? of.task : of.service),
    delay,
    maxDelay: Math.max(delay, maxDelay),
    maxRestarts: map.max_restarts ?? of.maxRestarts,
    window: duration("window", of.window),
  };
}

/** How a service is asked to end. */
export function resolveStop(input: ServiceInput["stop"], saying: Saying): StopPolicy {
  const { signal, timeout, to, command, spare, cgroup } = input ?? {};
  if (command !== undefined && signal !== undefined) {
    report(saying, ["stop", "signal"], "`stop.command` runs instead of a signal", "Keep one of them.");
  }
  return {
    signal: signal === undefined ? defaults.stop.signal : resolveSignal(signal, saying),
    timeout: resolveDuration(timeout ?? defaults.stop.timeout, ["stop", "timeout"], saying),
    to: to ?? defaults.stop.to,
    spare: spare ?? defaults.stop.spare,
    cgroup: cgroup ?? defaults.stop.cgroup,
    ...(command !== undefined && { command: resolveCommand(command) }),
  };
}

function resolveSignal(text: string, saying: Saying): NodeSignal {
  const upper = text.toUpperCase();
  const signal = (upper.startsWith("SIG") ? upper : `SIG${upper}`) as NodeSignal;
  if (!Object.hasOwn(constants.signals, signal)) {
    const names = Object.keys(constants.signals);
    report(
      saying,
      ["stop", "signal"],
      `no signal is called "${text}"`,
      didYouMean(signal, names) ?? "Usual ones: SIGTERM, SIGINT, SIGQUIT, SIGHUP.",
    );
  }
  return signal;
}
