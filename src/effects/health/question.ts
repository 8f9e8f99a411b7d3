// One question of the readiness gate after the other: bounded, said while nobody answers it, and with where the service listens
// instead when it is not found.

import type { Millis } from "../../core/service.ts";
import { after, now } from "../clock.ts";
import { describeAddress, mainPort } from "./address.ts";
import { createElsewhere } from "./elsewhere.ts";
import type { Gate } from "./gate.ts";
import { prepareProbe, runProbe } from "./probe.ts";
import type { ProbeResult, Subject } from "./subject.ts";

/** From then on after the spawn it is looked where else the service may listen. */
const startUp: Millis = 200;

/** How long a question is under way before that is said: the first that meets anybody, and one like those before. */
const untold: Readonly<Record<"first" | "further", Millis>> = { first: 100, further: 1000 };

/** What asking needs from around it. */
export interface QuestionOptions {
  readonly report: (reason: string) => void;
  readonly gate: Gate;
}

/** Asks once whenever it is called. */
export function createQuestion(
  subject: Subject & { readonly spawnedAt: Millis; readonly signal: AbortSignal },
  { report, gate }: QuestionOptions,
): () => Promise<ProbeResult> {
  const { service, signal, spawnedAt } = subject;
  const { probe, attempt } = service.ready;
  const elsewhere = createElsewhere(subject, probe);
  let hasMet = false;

  const ask = async (): Promise<ProbeResult> => {
    await gate.asking();
    let question: string | undefined;
    using _untold = after(hasMet ? untold.further : untold.first, () => {
      if (question !== undefined) report(`${question}: no answer yet`);
    });
    return await runProbe(probe, subject, { within: attempt, signal, onAsk: (asked) => (question = asked) });
  };

  return async () => {
    const isShut = await gate.isShut();
    if (isShut) await prepareProbe(probe);
    const result = isShut ? nobodyToAsk(subject) : await ask();
    if (!result.ok && result.refused !== true) hasMet = true;
    if (now() - spawnedAt < startUp) return result;
    const explained = await elsewhere(result);
    // It serves, though not where it was told to: its command may know better.
    return isShut && explained !== result ? ask() : explained;
  };
}

function nobodyToAsk({ service, ports }: Subject): ProbeResult {
  const port = mainPort(service, ports) ?? 0;
  const where = service.host === undefined ? `port ${port}` : describeAddress(service.host, port);
  return { ok: false, reason: `nothing listens on ${where}`, refused: true };
}
