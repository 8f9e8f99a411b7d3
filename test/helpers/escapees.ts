// Services that leave their group in every way there is, and a count of what of them lives that asks nothing of launch: their
// programs are copies in a directory of their own, and the kernel says which program a process runs.

import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Programs of one test. Disposing kills whoever still runs one of them. */
export interface Zoo extends Disposable {
  /** The command of a service whose leader waits while its escapee, if it has one, is out. */
  command(kind: Escapee): readonly string[];
  /** The living processes, zombies left out. */
  living(): readonly number[];
  /** Those of them that have become a `sleep`, which is the last thing that a leader or an escapee does. */
  asleep(): readonly number[];
}

/** How to get away. */
export type Escapee = keyof typeof escapes;

// Whoever hops ends by itself after half a minute, should a test that was killed leave it behind.
// Perl has fork, setsid and exec without anything in between. `$sleep` and `$perl` are the copies.
const escapes = {
  "stays in its group": `fork or exec $sleep, 1000;`,
  "has a group of its own": `fork or do { setpgrp; exec $sleep, 1000 };`,
  "has a session of its own": `fork or do { setsid; exec $sleep, 1000 };`,
  "is a daemon": `fork or do { setsid; fork and exit; exec $sleep, 1000 };`,
  "is a daemon with an empty environment": `fork or do { setsid; fork and exit; %ENV = (); exec $sleep, 1000 };`,
  "is a daemon that overwrites its environment": `fork or do { setsid; fork and exit; $0 = "x" x 4000; sleep 1000 };`,
  "is a daemon that ignores SIGTERM": `fork or do { setsid; fork and exit; $SIG{TERM} = "IGNORE"; exec $sleep, 1000 };`,
  "is a stopped daemon": `fork or do { setsid; fork and exit; kill STOP => $$; exec $sleep, 1000 };`,
  "hops from session to session": `fork or do { setsid; while (time < $until) { fork and exit; setsid; select undef, undef, undef, 0.005 } exit };`,
  "hops with an empty environment": `fork or do { setsid; %ENV = (); while (time < $until) { fork and exit; setsid; select undef, undef, undef, 0.005 } exit };`,
  "hops as fast as it can and ignores SIGTERM": `fork or do { $SIG{TERM} = "IGNORE"; setsid; while (time < $until) { fork and exit; setsid } exit };`,
} as const;

/** Those that can be caught by whoever looks for them one by one. */
export const escapees = (Object.keys(escapes) as readonly Escapee[]).filter((kind) => !kind.includes("fast"));

/** Copies the programs. */
export function openZoo(): Zoo {
  const directory = mkdtempSync(join(tmpdir(), "launch-zoo-"));
  const copy = (program: string): string => {
    const path = join(directory, program);
    copyFileSync(`/usr/bin/${program}`, path);
    chmodSync(path, 0o755);
    return path;
  };
  const perl = copy("perl");
  const sleep = copy("sleep");
  // The youngest first: a hopper would be gone by the time it is come to.
  const running = (path: string): readonly number[] =>
    readdirSync("/proc")
      .toSorted((one, other) => Number(other) - Number(one))
      .flatMap((entry) => {
        try {
          const isOurs = /^\d+$/.test(entry) && readlinkSync(`/proc/${entry}/exe`).startsWith(path);
          return isOurs && !/\) [ZX] /.test(readFileSync(`/proc/${entry}/stat`, "utf8")) ? Number(entry) : [];
        } catch {
          return [];
        }
      });
  const living = (): readonly number[] => running(`${directory}/`);
  return {
    command(kind) {
      const script = `use POSIX "setsid"; my ($sleep, $perl) = @ARGV; my $until = time + 30; ${escapes[kind]} exec $sleep, 1000`;
      return [perl, "-e", script, sleep, perl];
    },
    living,
    asleep: () => running(sleep),
    [Symbol.dispose]() {
      for (let left = living(); left.length > 0; left = living()) {
        for (const pid of left) {
          try {
            process.kill(pid, "SIGKILL");
          } catch {
            // Gone meanwhile.
          }
        }
      }
      rmSync(directory, { recursive: true });
    },
  };
}
