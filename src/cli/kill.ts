// `launch kill :PORT` and `launch kill SERVICE`: ends whatever listens there, by consent of whoever typed it. A service of the run
// that is going here is ended by its engine.

import { print, printError } from "./print.ts";
import type { Holder } from "../core/conflict.ts";
import { describeHolder, describeMillis, describeProcess } from "../core/failure.ts";
import { endTree } from "../effects/processes/end-tree.ts";
import { findHolders } from "../effects/ports/holders.ts";
import { tryPort } from "../effects/ports/binding.ts";
import { readOurselves } from "../effects/processes/signal.ts";
import type { Binding } from "../plan/binding.ts";
import { mayEnd } from "../plan/conflicts.ts";
import { portOf } from "./available.ts";
import { isConsentGiven } from "./consent.ts";
import { inspectPorts } from "./inspect.ts";
import { durationOf } from "./duration.ts";
import { findOwnService, killOwnService, type OwnService } from "./kill-service.ts";
import type { GlobalArgs, killOptions, Values } from "./options.ts";
import { chooseServices } from "./project.ts";
import { isInteractive } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Ends the holder: 0 ended or nothing there, 1 it may not be or did not end, 2 without consent. */
export async function run(
  args: GlobalArgs & Values<typeof killOptions> & { readonly target: string },
): Promise<number> {
  const isPort = /^:?\d+$/.test(args.target);
  const own = await findOwnService(args, isPort ? portOf(args.target) : args.target);
  if (own !== undefined) return endOwn(args, own);
  const port = isPort ? portOf(args.target) : await portOfService(args);
  if (port === undefined) return 2;
  // TCP first: a client may have the same number of UDP for a moment.
  const wanted: readonly Binding[] = [{ port }, { transport: "udp", port }];
  const holderOn = await findHolders(wanted);
  const known = wanted.map(holderOn).find((holder) => holder !== undefined);
  if (known === undefined) {
    print(`nothing listens on port ${port}\n`);
    return 0;
  }
  if (known.kind !== "process" || !mayEnd(known, readOurselves())) {
    printError(`port ${port} is ${describeHolder(known)}; launch does not end it\n`);
    return 1;
  }
  if (!args.yes) {
    if (!isInteractive({ nonInteractive: false, json: args.json })) {
      throw new UsageError(
        `launch kill without a terminal needs --yes, because it would end ${describeProcess(known.holder)}.`,
      );
    }
    if (!(await isSure(port, known.holder))) return 1;
  }
  return end(port, known.holder, durationOf("--grace", args.grace));
}

async function endOwn(args: GlobalArgs & Values<typeof killOptions>, { name, pid }: OwnService): Promise<number> {
  const grace = durationOf("--grace", args.grace);
  const who = `${name}, a service of the run that is going here${pid === undefined ? "" : ` (pid ${pid})`}`;
  if (!args.yes) {
    if (!isInteractive({ nonInteractive: false, json: args.json })) {
      throw new UsageError(`launch kill without a terminal needs --yes, because it would end ${who}.`);
    }
    if (!(await isConsentGiven(`This ends ${who}.\nStop it?`))) return 1;
  }
  return killOwnService(args, name, grace);
}

async function portOfService(
  args: GlobalArgs & Values<typeof killOptions> & { readonly target: string },
): Promise<number | undefined> {
  const chosen = await chooseServices({ ...args, services: args.target, deps: false });
  if (chosen === undefined) return undefined;
  const { assigned, conflicts } = await inspectPorts(chosen, { instance: args.instance, strictPorts: false });
  const [service] = chosen.services;
  const port = conflicts[0]?.conflict.port ?? Object.values(assigned[service?.name ?? ""] ?? {})[0];
  if (port === undefined) throw new UsageError(`${args.target} has no port. Name one: launch kill :PORT.`);
  return port;
}

function isSure(port: number, holder: Holder): Promise<boolean> {
  const age = holder.startedAt === undefined ? "" : `, for ${describeMillis(Date.now() - holder.startedAt)}`;
  const where = holder.cwd === undefined ? "" : ` in ${holder.cwd}`;
  return isConsentGiven(`Port ${port} is ${describeHolder({ kind: "process", holder })}${where}${age}.\nStop it?`);
}

async function end(port: number, holder: Holder, grace: number): Promise<number> {
  const ended = await endTree(holder, { signal: "SIGTERM", graceMs: grace });
  switch (ended.result) {
    case "ended":
    case "gone":
      print(
        `stopped ${describeProcess(holder)}; port ${port} is ${tryPort({ port }) === "free" ? "free" : "in use again"}\n`,
      );
      return 0;
    case "refused":
      printError(`pid ${holder.pid} may not be signalled\n`);
      return 1;
    case "alive":
      printError(`still alive after SIGKILL: pid ${ended.pids.join(", ")}\n`);
      return 1;
  }
}
