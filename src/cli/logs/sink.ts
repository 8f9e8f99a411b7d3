// Where the lines go: a descriptor that is written to in order, waiting for its reader, until nobody reads there any more.

import { write } from "node:fs";
import { sleep } from "../../effects/clock.ts";

/** Text on its way to a descriptor. */
export interface Sink {
  /** Resolves once more may be given. */
  write(text: string): Promise<void>;
  /** Resolves once all is written, or nobody reads any more. */
  flush(): Promise<void>;
  /** True once nobody reads any more. */
  isGone(): boolean;
}

const enough = 64 * 1024;
const whileFull = 10;

/** A sink on a descriptor. */
export function newSink(fd: number): Sink {
  let waiting: string[] = [];
  let size = 0;
  let gone = false;

  const flush = async (): Promise<void> => {
    const bytes = Buffer.from(waiting.join(""));
    waiting = [];
    size = 0;
    for (let at = 0; at < bytes.length;) {
      if (gone) return;
      at += await put(bytes.subarray(at));
    }
  };

  /** Bytes that were taken; 0 when none were just now. */
  const put = async (bytes: Buffer): Promise<number> => {
    const { error, written } = await new Promise<{ error: NodeJS.ErrnoException | null; written: number }>(
      (resolve) => {
        write(fd, bytes, 0, bytes.length, null, (error, written) => resolve({ error, written }));
      },
    );
    if (error === null) return written;
    if (error.code === "EAGAIN") await sleep(whileFull);
    else gone = true;
    return 0;
  };

  return {
    async write(text) {
      waiting.push(text);
      size += text.length;
      if (size >= enough) await flush();
    },
    flush,
    isGone: () => gone,
  };
}
