// Questions to the engine, and who waits for which answer.

import type { FromFace, Question } from "../control/protocol.ts";

/** The questions that are open. */
export interface Questions {
  /** Resolves with the answer; rejects with the engine's words, or those of `close`. */
  ask(question: Question): Promise<unknown>;
  answer(id: number, data: unknown): void;
  refuse(id: number, words: string): void;
  /** Nobody answers any more; whoever asks or waits hears these words. */
  close(words: string): void;
}

/** No question yet; `send` says one. */
export function newQuestions(send: (message: FromFace) => void): Questions {
  const open = new Map<number, { resolve(data: unknown): void; reject(error: Error): void }>();
  let last = 0;
  let closed: string | undefined;

  return {
    ask(question) {
      if (closed !== undefined) return Promise.reject(new Error(closed));
      const id = ++last;
      return new Promise((resolve, reject) => {
        open.set(id, { resolve, reject });
        send({ type: "ask", id, question });
      });
    },
    answer(id, data) {
      open.get(id)?.resolve(data);
      open.delete(id);
    },
    refuse(id, words) {
      open.get(id)?.reject(new Error(words));
      open.delete(id);
    },
    close(words) {
      closed ??= words;
      for (const { reject } of open.values()) reject(new Error(words));
      open.clear();
    },
  };
}
