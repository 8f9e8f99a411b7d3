// Writes the state when something has changed, not once for each of a hundred changes.

import { after } from "../clock.ts";
import type { State } from "./state.ts";
import type { StateFile } from "./state-file.ts";

/** Keeps the file as the run is. Disposing writes nothing any more. */
export interface Keeper extends Disposable {
  /** Something has changed that may wait for the next write. */
  soon(): void;
  /** Written when this returns, or said that it could not be. */
  now(): void;
}

/** From a change until it is written, in milliseconds: the next changes go with it. */
const coalesced = 20;

/** Keeps what `read` answers; `onProblem` hears, once, in words, that it cannot be written. */
export function newKeeper(file: StateFile, read: () => State, onProblem: (words: string) => void): Keeper {
  let timer: Disposable | undefined;
  let going = false;
  let hasSaid = false;

  const cancel = (): void => {
    timer?.[Symbol.dispose]();
    timer = undefined;
  };

  const say = (error: unknown): void => {
    if (hasSaid) return;
    hasSaid = true;
    const { message } = error as Error;
    onProblem(
      `what is kept of this run could not be written (${message}): should launch be killed, the next one may not find all that it leaves`,
    );
  };

  const soon = (): void => void (timer ??= after(coalesced, () => void write()));

  const write = async (): Promise<void> => {
    timer = undefined;
    // One at a time; the next has what this one has not.
    if (going) return soon();
    going = true;
    await file.writeSoon(read()).catch(say);
    going = false;
  };

  return {
    soon,
    now() {
      cancel();
      try {
        file.write(read());
      } catch (error) {
        say(error);
      }
    },
    [Symbol.dispose]: cancel,
  };
}
