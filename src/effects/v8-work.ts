// V8 optimizes code and marks garbage in threads of its own. At a start these would take a core from the services that start, for
// code that hardly runs long enough to gain by it, and for memory of which most is needed.

import { setFlagsFromString } from "node:v8";

const work = ["maglev", "opt", "incremental-marking"];

/**
 * Has V8 put that off until disposed; what is hot then is optimized as ever. The code cache of a script that is read meanwhile is
 * refused, since it was made under other settings.
 */
export function putOffV8Work(): Disposable {
  for (const one of work) setFlagsFromString(`--no-${one}`);
  let isOver = false;
  return {
    [Symbol.dispose]() {
      if (isOver) return;
      isOver = true;
      for (const one of work) setFlagsFromString(`--${one}`);
    },
  };
}
