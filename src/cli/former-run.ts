// What a killed run has left in its state directory, ended before the next one starts anything.

import type { Service } from "../core/service.ts";
import type { Swept } from "../effects/processes/sweep.ts";
import { endFormer } from "../effects/state/end-former.ts";
import type { StatePaths } from "../effects/state/directory.ts";
import { notifyDirectory, removeNotifyDirectory } from "../effects/health/notify-directory.ts";
import { removeFiles, type WrittenFiles } from "../effects/state/generated-files.ts";
import { type WrittenByOthers, writtenByOthers } from "../effects/state/other-instances.ts";
import type { RunRecord } from "../effects/state/state.ts";

/** Ends all of it that is left; its generated files go as well, and out of `written`, and where its services said things. */
export async function endFormerRun(
  run: RunRecord,
  paths: Pick<StatePaths, "root" | "instance" | "directory">,
  services: readonly Service[],
  written: WrittenFiles,
): Promise<Swept> {
  const spare = services.flatMap(({ stop }) => stop.spare);
  const swept = await endFormer(run, spare);
  await removeFormerFiles(services, written, writtenByOthers(paths));
  removeNotifyDirectory(notifyDirectory(paths.directory));
  return swept;
}

/** What a killed run has written for its services is of no use to anybody. */
async function removeFormerFiles(
  services: readonly Service[],
  written: WrittenFiles,
  others: WrittenByOthers,
): Promise<void> {
  const kept = new Set(services.flatMap(({ files }) => files.filter(({ keep }) => keep).map(({ path }) => path)));
  const files = Object.keys(written).map((path) => ({ path, content: "", keep: kept.has(path) }));
  await removeFiles(files, written, others).catch(() => {});
}
