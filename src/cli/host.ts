// What the dashboard is given of this machine and this run: `tui/host.ts` says what, this file has it done.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { leadsOut } from "../effects/files/leads-out.ts";
import { dialAttachment, type RemoteSession } from "../client/session.ts";
import type { Fleet } from "../core/state.ts";
import { copyText } from "../effects/desktop/clipboard.ts";
import { editFile } from "../effects/desktop/editor.ts";
import { openUrl } from "../effects/desktop/open-url.ts";
import { logPath } from "../effects/logs/names.ts";
import { readLog } from "../effects/logs/reader.ts";
import type { StatePaths } from "../effects/state/directory.ts";
import { newUsageSampler } from "../effects/usage.ts";
import type { Host, Preferences } from "../tui/host.ts";
import { attachHere, sizeOf } from "./attach-terminal.ts";
import { watchManifest } from "./manifest-watch.ts";
import { pageOf } from "./page.ts";
import { heardEndings } from "./signals.ts";

/** Between two looks at what the services use, in milliseconds. */
const usageInterval = 2000;

/** What the dashboard of one run is made of; `owner`: the run ends with it unless it is detached. */
export interface HostOptions {
  readonly session: RemoteSession;
  readonly paths: StatePaths;
  readonly owner: boolean;
  readonly preferences: Preferences;
}

/** Opens what the dashboard needs; disposing ends what goes on in the background, and leaves the run alone. */
export function openHost({ session, paths, owner, preferences }: HostOptions): Host & Disposable {
  const { about } = session;
  const sampler = newUsageSampler({ intervalMs: usageInterval, pids: () => pidsIn(session.snapshot()) });
  return {
    about: {
      project: about.project,
      root: about.root,
      instance: about.instance,
      version: about.version,
      pid: about.pid,
      owner,
      warnings: about.warnings,
    },
    session,
    logs: {
      open: (service) => ({
        ...readLog(logPath(about.logs, service)),
        start: about.logStarts[service] ?? 0,
      }),
    },
    url: (service) => pageOf(session.snapshot(), service),
    usage: () => sampler.read(),
    watchManifest: (tell) => watchManifest({ session, files: about.manifest ?? [], since: about.startedAt }, tell),
    deeds: {
      copy: (text) => copyText(text),
      openUrl: (url) => openUrl(url),
      async edit(path, line) {
        // In a pager Ctrl-C means something, and it reaches us as well.
        const ignore = (): void => {};
        process.on("SIGINT", ignore);
        await editFile(path, line).finally(() => process.off("SIGINT", ignore));
      },
      save: async (name, text) => saveNew(join(paths.directory, "saved"), name, text),
      async attach(service) {
        const attachment = await dialAttachment(paths.directory, service, sizeOf());
        await attachHere(attachment, { service });
      },
    },
    endings: heardEndings(),
    preferences,
    [Symbol.dispose]: () => sampler[Symbol.dispose](),
  };
}

function pidsIn(fleet: Fleet): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(fleet.members).flatMap(([name, { state }]) =>
      "pid" in state && state.pid !== undefined ? [[name, state.pid]] : [],
    ),
  );
}

/** Writes a file that is not there yet: `name`, else `name-2` and so on before its extension. */
function saveNew(directory: string, name: string, text: string): string {
  // A link in a project may point anywhere.
  const elsewhere = leadsOut(directory, dirname(directory));
  if (elsewhere !== undefined) throw new Error(`${directory} leads to ${elsewhere}: nothing is saved there`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const wanted = join(directory, name);
  for (let number = 1; ; number++) {
    const path = number === 1 ? wanted : wanted.replace(/(\.[^./]*)?$/, `-${number}$1`);
    try {
      writeFileSync(path, text, { flag: "wx" });
      return path;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") throw new Error(`${path} could not be written: ${message}`, { cause: error });
    }
  }
}
