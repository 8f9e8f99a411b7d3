// The files that live runs were given: written before the run, again when a port moves, removed after it.

import { removeFiles, writeFiles, type WrittenFiles } from "../effects/state/generated-files.ts";
import type { Preparation } from "./prepare.ts";

/** Keeps the files of runs as they should be. */
export interface RunFiles {
  /** Writes them once those of the service's former run are gone; rejects with what is wrong with one. */
  write(preparation: Preparation): Promise<void>;
  /** Writes them anew while the run lives. */
  rewrite(preparation: Preparation): Promise<void>;
  /** The run is over. */
  remove(preparation: Preparation): void;
  /** Resolves once what was begun is done. */
  settled(): Promise<unknown>;
}

/** `root` is the project's; `written` is what of them we have written so far, kept from run to run. */
export function newRunFiles(written: WrittenFiles, root: string): RunFiles {
  // A service that is started again at once writes its files after the former run's have gone.
  const removals = new Map<string, Promise<void>>();
  return {
    async write({ service, files }) {
      await removals.get(service.name);
      await writeFiles(files, written, root);
    },
    rewrite: ({ files }) => writeFiles(files, written, root).catch(() => {}),
    remove({ service, files }) {
      if (files.length === 0) return;
      // A file that cannot be removed is in nobody's way: the next run writes over what is ours.
      removals.set(
        service.name,
        removeFiles(files, written).catch(() => {}),
      );
    },
    settled: () => Promise.all(removals.values()),
  };
}
