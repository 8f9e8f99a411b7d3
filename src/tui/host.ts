// What the dashboard is given: the run it shows, the logs it reads, and what it may have done. Nothing else of the house is
// known to it but `core`.

import type { EndingSignal } from "../core/ending-signals.ts";
import type { Differences, LiveSession } from "../core/session.ts";

/** Everything around the dashboard. */
export interface Host {
  readonly about: About;
  readonly session: LiveSession;
  readonly logs: Logs;
  /** The page a person opens for a service; undefined when it has none, or its port is not known yet. */
  url(service: string): string | undefined;
  /** What each running service's processes use, sampled in the background; a service that does not run is not there. */
  usage(): Readonly<Record<string, Usage>>;
  /** Tells where the manifest differs from what runs, each time that becomes something else; undefined: nowhere any more. */
  watchManifest(tell: (found: Differences | undefined) => void): Disposable;
  readonly deeds: Deeds;
  /** The signals by which this process is asked to end. */
  readonly endings: readonly EndingSignal[];
  readonly preferences: Preferences;
}

/** Which run this is. */
export interface About {
  readonly project: string;
  readonly root: string;
  readonly instance: string;
  readonly version: string;
  /** The engine's pid. */
  readonly pid: number;
  /** True: the run ends with this dashboard unless it is detached. */
  readonly owner: boolean;
  /** What is worth knowing about the manifest, a line each. */
  readonly warnings: readonly string[];
}

/** The services' log files. */
export interface Logs {
  /** Opens a service's log; it may not be there yet and then has size 0. */
  open(service: string): LogFile;
}

/** One log file, growing at its end. */
export interface LogFile extends Disposable {
  readonly path: string;
  /** Where this run's part begins, in bytes. */
  readonly start: number;
  /** Where what can be read begins; what was before has been rotated away. */
  first(): number;
  /** Bytes at the moment; less than before after a truncation. */
  size(): number;
  /** Copies bytes from `offset` on into `target`; answers how many there were, none where they have been rotated away. */
  read(target: Buffer, offset: number): number;
  /** Where the file begins that this byte is in: another file may have taken the log's place. */
  beginning(offset: number): number;
  /** When what is at `offset` was seen by the engine, in wall-clock milliseconds. */
  timeAt(offset: number): number | undefined;
}

/** What a service's processes use. */
export interface Usage {
  /** Of one processor, in per cent. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly processes: readonly { readonly pid: number; readonly ppid: number; readonly command: string }[];
}

/** What the dashboard may have done on this machine; each rejects with words for the person. */
export interface Deeds {
  /** Puts text on the clipboard by the platform's tool, if there is one; the dashboard itself writes OSC 52. */
  copy(text: string): Promise<void>;
  openUrl(url: string): Promise<void>;
  /** Runs `$VISUAL`, `$EDITOR` or a pager on a file at a line, in this terminal, which has been given back before. */
  edit(path: string, line: number): Promise<void>;
  /** Writes text to a new file in the project's state directory and answers its path. */
  save(name: string, text: string): Promise<string>;
  /** Joins the service's own terminal, in this terminal, which has been given back before; resolves when the person leaves. */
  attach(service: string): Promise<void>;
}

/** What a person has chosen for all dashboards. */
export interface Preferences {
  readonly colors: boolean;
  readonly ascii: boolean;
  readonly mouse: boolean;
  /** Action to keys, over the built-in ones; checked already. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}
