// The files that live runs were given: written before the run, again when a port moves, removed after it.

import type { Notice } from "../core/notice.ts";
import { removeFiles, type SharedFile, writeFiles, type WrittenFiles } from "../effects/state/generated-files.ts";
import type { WrittenByOthers } from "../effects/state/other-instances.ts";
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

/** What writing files depends on. */
export interface RunFilesOptions {
  /** What of them we have written so far, kept from run to run. */
  readonly written: WrittenFiles;
  /** The project's. */
  readonly root: string;
  readonly others: WrittenByOthers | undefined;
  readonly say: (notice: Notice) => void;
}

/** No file is written yet. */
export function newRunFiles({ written, root, others, say }: RunFilesOptions): RunFiles {
  // A service that is started again at once writes its files after the former run's have gone.
  const removals = new Map<string, Promise<void>>();
  return {
    async write({ service, files }) {
      await removals.get(service.name);
      const shared = await writeFiles(files, written, root, others);
      for (const file of shared) say({ kind: "file", service: service.name, message: wordsOn(file) });
    },
    async rewrite({ files }) {
      await writeFiles(files, written, root, others).catch(() => {});
    },
    remove({ service, files }) {
      if (files.length === 0) return;
      // A file that cannot be removed is in nobody's way: the next run writes over what is ours.
      removals.set(
        service.name,
        removeFiles(files, written, others).catch(() => {}),
      );
    },
    settled: () => Promise.all(removals.values()),
  };
}

function wordsOn({ path, instance }: SharedFile): string {
  return `instance ${instance} has written ${path} otherwise, and it is written over; each has its own with \${LAUNCH_INSTANCE} in the path`;
}
