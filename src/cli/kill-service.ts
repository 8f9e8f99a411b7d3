// `launch kill` of a service of the run that is going here: its engine ends it, for nobody else could tell that end from a crash.

import { dirname, resolve } from "node:path";
import { describeMillis } from "../core/failure.ts";
import type { Port } from "../core/service.ts";
import { isActive, isWatchedOnly, type Member } from "../core/state.ts";
import { now } from "../effects/clock.ts";
import { locateManifest } from "../manifest/locate.ts";
import { askOfRun, namesIn } from "./asked-of-run.ts";
import { trustedPaths } from "./lock.ts";
import type { GlobalArgs } from "./options.ts";
import { reachRun } from "./reach.ts";
import { UnreachableError } from "./usage-error.ts";

/** A service of ours that runs. */
export interface OwnService {
  readonly name: string;
  readonly pid: number | undefined;
}

/** For SIGKILL, and for what is left to be swept, in milliseconds. */
const longestEnd = 15_000;

/** The service that runs here under this name, or has this port; undefined when there is none, or no run that can be talked to. */
export async function findOwnService(args: GlobalArgs, target: string | Port): Promise<OwnService | undefined> {
  const located = locateManifest(resolve(args.directory ?? "."), args.file, process.env["HOME"]);
  if (!located.ok) return undefined;
  const paths = trustedPaths(dirname(located.files[0] ?? ""), args.instance);
  try {
    await using session = await reachRun(paths);
    const members = Object.values(session?.snapshot().members ?? {});
    const found = members.find((member) => isMeant(member, target) && isActive(member.state) && !isWatchedOnly(member));
    if (found === undefined) return undefined;
    return { name: found.service.name, pid: "pid" in found.state ? found.state.pid : undefined };
  } catch (error) {
    if (error instanceof UnreachableError) return undefined;
    throw error;
  }
}

function isMeant({ service, ports }: Member, target: string | Port): boolean {
  return typeof target === "string" ? service.name === target : Object.values(ports).includes(target);
}

/** Ends it by its stop signal and, after the grace in milliseconds, SIGKILL: 0 once it is over. */
export function killOwnService(args: GlobalArgs, name: string, grace: number): Promise<number> {
  const begun = now();
  return askOfRun(
    { ...args, service: [name], wait: true, timeout: `${Math.ceil(grace) + longestEnd}ms` },
    {
      ask(session) {
        const services = namesIn(session.snapshot(), [name]);
        session.request({ type: "kill", services, grace });
        return Promise.resolve(services);
      },
      wants: false,
      isHeard: (type) => type === "kill",
      isDone: (_, { state }) => !isActive(state),
      isGood: ({ state }) => !isActive(state),
      words: () => `was killed by launch kill after ${describeMillis(now() - begun)}`,
      isGoodAtTheEnd: true,
    },
  );
}
