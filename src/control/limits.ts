// What all faces of a run may take together, so that nobody who connects often takes the memory of the engine that all need.

/** Faces at a time; what a run was born with does not count. */
export const mostFaces = 128;

/** Bytes that a face has to itself, both ways, whatever the others do. */
const own = 64 * 1024;
/** Bytes beyond these for all of them together: of lines that have no end yet, and of what waits to be read. */
const sharedIn = 16 * 2 ** 20;
const sharedOut = 64 * 2 ** 20;

/** What one wire may keep. */
export interface Allowance {
  /** True when the wire may keep so many bytes of a line that has no end yet; from then on they count. */
  mayHold(bytes: number): boolean;
  /** True when so many bytes may wait for its partner. */
  mayWait(bytes: number): boolean;
  /** Nothing of it counts any more. */
  end(): void;
}

/** The allowances of one server's wires. */
export function newLimits(): { newAllowance(): Allowance } {
  const held = newShare(sharedIn);
  const waiting = newShare(sharedOut);
  return {
    newAllowance() {
      const holds = held();
      const waits = waiting();
      return {
        mayHold: holds.set,
        mayWait: waits.set,
        end() {
          holds.set(0);
          waits.set(0);
        },
      };
    },
  };
}

/** Shares of so many bytes; what one sets counts until it sets another number. */
function newShare(all: number): () => { set(bytes: number): boolean } {
  let taken = 0;
  return () => {
    let mine = 0;
    return {
      set(bytes) {
        const beyond = Math.max(0, bytes - own);
        if (beyond > mine && taken - mine + beyond > all) return false;
        taken += beyond - mine;
        mine = beyond;
        return true;
      },
    };
  };
}
