// Asks the person at a plain terminal about port conflicts, one service at a time, while everything else goes on.

import { createInterface, type Interface } from "node:readline";
import type { Conflict } from "../core/conflict.ts";
import { describeHolder } from "../core/failure.ts";
import {
  choicesCommonTo,
  holderFacts,
  holderName,
  meaningOf,
  type Others,
  othersOf,
  preferences,
} from "../core/question.ts";
import type { Choice, Service } from "../core/service.ts";
import type { Fleet } from "../core/state.ts";
import { sleep } from "../effects/clock.ts";
import type { Answer } from "../supervisor/supervisor.ts";
import type { Style } from "./terminal.ts";
import type { Writer } from "./writer.ts";

/** Asks; answers come one question at a time, in the order of the questions. */
export interface Prompt extends Disposable {
  ask(service: Service, conflicts: readonly Conflict[], signal: AbortSignal): Promise<PromptAnswer | undefined>;
}

/** What the person said; `remember` keeps a moved port for the next run. */
export interface PromptAnswer extends Answer {
  readonly remember: boolean;
}

/** What was typed before a question had stood this long was not meant for it. */
const blindPeriod = 500;

/** What Ctrl-C types where the terminal does not make a signal of it. */
const interruptKey = 3;

/** A prompt on stdin about the services of `fleet`. `onInterrupt` is called for Ctrl-C while a question stands. */
export function newPrompt(writer: Writer, style: Style, fleet: () => Fleet, onInterrupt: () => void): Prompt {
  let queue: Promise<unknown> = Promise.resolve();
  // Set once somebody has answered for all that are still to come.
  let forAll: PromptAnswer | undefined;
  let waiting = 0;

  const ask = async (
    service: Service,
    conflicts: readonly Conflict[],
    signal: AbortSignal,
  ): Promise<PromptAnswer | undefined> => {
    if (signal.aborted) return undefined;
    const choices = choicesCommonTo(conflicts);
    if (forAll !== undefined && choices.includes("next")) return forAll;
    const preselected = preferences(service, conflicts).find((wish) => choices.includes(wish));
    writer.hold();
    const others = othersOf(fleet(), service.name);
    writer.sayNow(question(service, conflicts, choices, preselected, waiting - 1, style, others));
    try {
      await ignoreKeys(signal, onInterrupt);
      using lines = createInterface({ input: process.stdin, terminal: false });
      const answer = await answerFrom(lines, service, conflicts, choices, preselected, signal);
      if (answer?.forAll === true) forAll = answer;
      return answer;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      process.stdin.pause();
      writer.release();
    }
  };

  const answerFrom = async (
    lines: Interface,
    service: Service,
    conflicts: readonly Conflict[],
    choices: readonly Choice[],
    preselected: Choice | undefined,
    signal: AbortSignal,
  ): Promise<(PromptAnswer & { forAll?: boolean }) | undefined> => {
    const line = reader(lines, signal);
    for (;;) {
      const typed = (await line())?.trim().toLowerCase();
      if (typed === undefined) {
        return { choice: "quit", because: "the terminal was closed", restartUsers: false, remember: false };
      }
      const all = typed.endsWith("a");
      const remember = typed.endsWith("r");
      const word = typed.replace(/[ar]$/, "").trim();
      const choice = word === "" ? preselected : (choices[Number(word) - 1] ?? choices.find((one) => one === typed));
      if (choice === undefined) {
        writer.sayNow(`Type a number from 1 to ${choices.length}: `);
        continue;
      }
      if (choice === "kill" && !(await isSure(line, conflicts))) {
        writer.sayNow(`Not stopped. Choose again, 1 to ${choices.length}: `);
        continue;
      }
      return {
        choice,
        because: "chosen at the terminal",
        restartUsers: true,
        remember,
        forAll: all && choice === "next",
      };
    }
  };

  const isSure = async (line: () => Promise<string | undefined>, conflicts: readonly Conflict[]): Promise<boolean> => {
    writer.sayNow(`Stop ${conflicts.map(({ holder }) => holderName(holder)).join(" and ")}? Type yes: `);
    return (await line())?.trim().toLowerCase() === "yes";
  };

  return {
    ask(service, conflicts, signal) {
      waiting++;
      const answer = queue.then(() => ask(service, conflicts, signal)).finally(() => waiting--);
      queue = answer.catch(() => {});
      return answer;
    },
    [Symbol.dispose]: () => void process.stdin.pause(),
  };
}

/**
 * Takes and forgets what was typed before the question had stood for a moment, a line begun before it included: only with
 * the terminal's own line editing off is that to be had. Ctrl-C is heard all the same.
 */
async function ignoreKeys(signal: AbortSignal, onInterrupt: () => void): Promise<void> {
  const { stdin } = process;
  const listen = (keys: Buffer): void => {
    if (keys.includes(interruptKey)) onInterrupt();
  };
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on("data", listen);
  stdin.resume();
  try {
    await sleep(blindPeriod, signal);
  } finally {
    stdin.off("data", listen);
    stdin.pause();
    if (stdin.isTTY) stdin.setRawMode(false);
  }
}

/** The lines as they are typed; undefined at the end of the input. */
function reader(lines: Interface, signal: AbortSignal): () => Promise<string | undefined> {
  const typed: string[] = [];
  let closed = false;
  let wake: (() => void) | undefined;
  lines.on("line", (line) => {
    typed.push(line);
    wake?.();
  });
  lines.on("close", () => {
    closed = true;
    wake?.();
  });
  return async () => {
    for (;;) {
      signal.throwIfAborted();
      const line = typed.shift();
      if (line !== undefined) return line;
      if (closed) return undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  };
}

/** The whole question: who holds what, and what may be answered. Pure. */
export function question(
  service: Service,
  conflicts: readonly Conflict[],
  choices: readonly Choice[],
  preselected: Choice | undefined,
  more: number,
  style: Style,
  others: Others,
): string {
  const holders = conflicts.flatMap((conflict) => [
    `${style.bold(service.name)} wants ${style.bold(`port ${conflict.port}`)}, which is ${describeHolder(conflict.holder)}`,
    ...holderFacts(conflict.holder, Date.now()).map((line) => `    ${line}`),
  ]);
  const options = choices.map(
    (choice, index) => `  ${index + 1}  ${choice.padEnd(5)}  ${meaningOf(choice, service.name, conflicts, others)}`,
  );
  const shortcuts = [
    ...(choices.includes("next") ? ["add r to keep the new port for this project (1r)"] : []),
    ...(more > 0 && choices.includes("next")
      ? [
          `add a to do the same for ${more === 1 ? "the one that follows" : `${more === 2 ? "both" : `all ${more}`} that follow`} (1a)`,
        ]
      : []),
  ];
  const number = preselected === undefined ? "" : ` [${choices.indexOf(preselected) + 1}]`;
  return `\n${[...holders, ...options, ...shortcuts.map((line) => style.dim(`     ${line}`))].join("\n")}\nYour choice${number}: `;
}
