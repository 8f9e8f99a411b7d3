// One face at the other end of a stream: what it says is checked, done and answered.

import type { Duplex } from "node:stream";
import type { Request } from "../core/event.ts";
import type { Allowance } from "./limits.ts";
import { type Checked, checkMessage } from "./messages.ts";
import type { FromEngine, Question } from "./protocol.ts";
import type { Attached, Served } from "./served.ts";
import { helloOf } from "./tell.ts";
import { openWire, type Wire } from "./wire.ts";

/** A face that is there. */
export interface Connection {
  readonly wire: Wire;
  /** The number of the first entry that it is told; undefined: none, since it carries a pseudo-terminal. */
  readonly follows: { readonly from: number } | undefined;
  /** A person at it answers conflicts. */
  readonly watching: boolean;
  /** The run ends with it. */
  readonly lifeline: boolean;
  /** Resolves when it is gone. */
  readonly gone: Promise<void>;
}

/** Called when it follows no longer, and once it is gone. */
interface Around {
  readonly allowance: Allowance;
  readonly lifeline: boolean;
  onChange(): void;
  onGone(): void;
}

/** What a terminal shows is left out while more than this waits for its face, in bytes: the log has it. */
const mostShown = 2 ** 20;

const done = {};

/** Greets the face and serves it from now on. */
export function newConnection(stream: Duplex, served: Served, around: Around): Connection {
  const { session } = served;
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
  let { lifeline } = around;
  let watching = false;
  let attached: Attached | undefined;
  const past = session.past();
  let follows: Connection["follows"] = { from: (past.at(-1)?.number ?? 0) + 1 };

  const say = (message: FromEngine): void => wire.send(message);

  const answer = (id: number, question: Question): void => {
    if (question.kind === "differences") return void answerLater(id, served.differences());
    const result = carryOutSafely(question);
    if ("refusal" in result) return say({ type: "refusal", id, message: result.refusal });
    say({ type: "answer", id, data: result.data });
    if (question.kind === "attach") show();
  };

  const answerLater = async (id: number, data: Promise<unknown>): Promise<void> => {
    try {
      say({ type: "answer", id, data: await data });
    } catch (error) {
      say({ type: "refusal", id, message: wentWrong(error).refusal });
    }
  };

  const carryOutSafely: typeof carryOut = (question) => {
    try {
      return carryOut(question);
    } catch (error) {
      // Nothing that a face asks may end a run.
      return wentWrong(error);
    }
  };

  const isKnown = (service: string): boolean => Object.hasOwn(session.snapshot().members, service);

  const carryOut = (
    question: Exclude<Question, { kind: "differences" }>,
  ): { readonly data: unknown } | { readonly refusal: string } => {
    if ("service" in question && !isKnown(question.service)) return unknown([question.service]);
    switch (question.kind) {
      case "start": {
        const started = served.start(question.services, question.withNeeds);
        return "refusal" in started ? started : { data: started };
      }
      case "details": {
        const details = served.details(question.service);
        return details === undefined ? { refusal: `${question.service} has not been started yet.` } : { data: details };
      }
      case "signal":
        return served.signal(question.service, question.signal)
          ? { data: done }
          : { refusal: `Nothing of ${question.service} runs, so nobody was sent ${question.signal}.` };
      case "remember":
        served.remember(question.service);
        return { data: done };
      case "watching":
        watching = true;
        return { data: done };
      case "detach":
        if (lifeline) served.detach();
        lifeline = false;
        return { data: done };
      case "attach":
        return attach(question);
    }
  };

  const attach = ({ service, columns, rows }: Extract<Question, { kind: "attach" }>) => {
    if (attached !== undefined) return { refusal: "This connection carries a terminal already." };
    const terminal = served.attach(service, { columns, rows });
    if (typeof terminal === "string") return { refusal: terminal };
    attached = terminal;
    follows = undefined;
    around.onChange();
    return { data: done };
  };

  const show = (): void => {
    attached?.onData((data) => {
      if (wire.waiting() <= mostShown) say({ type: "tty", data: data.toString("base64") });
    });
    void attached?.closed.then(() => {
      say({ type: "bye" });
      wire.end();
    });
  };

  const ask = (request: Request): void => {
    const strangers = ("services" in request ? request.services : "service" in request ? [request.service] : []).filter(
      (name) => !isKnown(name),
    );
    if (strangers.length > 0) return say({ type: "refusal", message: unknown(strangers).refusal });
    // After its end a run hears nothing more but that its command is to end too, and its journal is closed.
    if (!session.snapshot().ended || request.type === "quit") session.request(request);
  };

  const take = (checked: Checked): void => {
    if (!checked.ok) {
      const { id, words } = checked;
      return say({ type: "refusal", ...(id === undefined ? {} : { id }), message: words });
    }
    const { message } = checked;
    switch (message.type) {
      case "request":
        return ask(message.request);
      case "ask":
        return answer(message.id, message.question);
      case "tty":
        return attached?.write(Buffer.from(message.data, "base64"));
      case "resize":
        return attached?.resize(message.columns, message.rows);
    }
  };

  const wire = openWire(
    stream,
    {
      onMessage: (message) => take(checkMessage(message)),
      onEnd() {
        attached?.[Symbol.dispose]();
        follows = undefined;
        watching = false;
        around.onGone();
        leave();
      },
      lastWords: (message): FromEngine => ({ type: "refusal", message }),
    },
    { allowance: around.allowance },
  );
  say(helloOf(served.about(), served.now(), session.snapshot(), past));

  return {
    wire,
    gone,
    get follows() {
      return follows;
    },
    get watching() {
      return watching;
    },
    get lifeline() {
      return lifeline;
    },
  };
}

function wentWrong(error: unknown): { readonly refusal: string } {
  return { refusal: `That went wrong inside launch: ${error instanceof Error ? error.message : String(error)}` };
}

function unknown(names: readonly string[]): { readonly refusal: string } {
  return { refusal: `No service of this run is called ${names.join(" or ")}.` };
}
