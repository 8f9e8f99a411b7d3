// `NOTIFY_SOCKET` for programs that speak to systemd: a datagram socket for each run, which Node has not, so a small Perl
// program reads them and appends what it hears to the run's file. It ends when its stdin does, that is, with us; a tag is on it for
// the case that somebody has stopped it.

import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { now } from "../clock.ts";
import { coverMasters } from "../processes/masters.ts";
import { signalProcess } from "../processes/signal.ts";
import { findFault } from "../processes/fault.ts";
import { wrap } from "../processes/wrapper.ts";
import { shortSocketPath } from "./notify-directory.ts";

/** Reads datagrams for us. Disposing kills it, and its sockets go. */
export interface NotifyRelay extends Disposable {
  /** Opens a socket whose words go to the file; answers its path, or undefined where it cannot be had. */
  open(name: string, file: string): Promise<string | undefined>;
  close(name: string): void;
}

/** Bytes that the path of a socket may have. */
const longestPath = process.platform === "linux" ? 107 : 103;

/** A relay that dies sooner would only die again. */
const shortestLife = 100;

// Nothing of a datagram becomes an empty line, which would say that the service is ready.
const program = String.raw`use strict; use Socket; use Fcntl;
umask 0177; $| = 1; $SIG{$_} = 'IGNORE' for qw(INT TERM HUP PIPE);
my (%sockets, %files); my $asked = ''; my $bits = ''; vec($bits, 0, 1) = 1;
my ($ready, $file);
while (1) {
  $ready = $bits;
  next if select($ready, undef, undef, undef) < 0;
  for my $path (keys %sockets) {
    next unless vec($ready, fileno($sockets{$path}), 1);
    defined recv($sockets{$path}, my $said, 65536, 0) or next;
    my $lines = join '', map { "$_\n" } grep { /^(?:READY|STATUS|WATCHDOG|STOPPING|EXTEND_TIMEOUT_USEC)=/ } split /\n/, $said;
    next unless length $lines && sysopen($file, $files{$path}, O_WRONLY | O_APPEND);
    syswrite($file, $lines);
    close $file;
  }
  next unless vec($ready, 0, 1);
  sysread(STDIN, $asked, 65536, length $asked) or last;
  while ($asked =~ s/^([^\n]*)\n//) {
    my ($what, $path, $to) = split /\t/, $1;
    if (my $old = delete $sockets{$path}) { vec($bits, fileno($old), 1) = 0; close $old }
    unlink $path;
    next if $what eq '-';
    my $socket;
    my $made = socket($socket, AF_UNIX, SOCK_DGRAM, 0) && bind($socket, sockaddr_un($path));
    if ($made) { $sockets{$path} = $socket; $files{$path} = $to; vec($bits, fileno($socket), 1) = 1 }
    print $made ? "+\t$path\n" : "-\t$path\n";
  }
}
unlink $_ for keys %sockets;
`;

/** True where there is a Perl to run it. */
export function canRelay(env: Readonly<Record<string, string | undefined>>): boolean {
  const { PATH } = env;
  return findFault({ command: { args: ["perl"] }, cwd: "/", env: PATH === undefined ? {} : { PATH } }) === undefined;
}

/**
 * A relay with sockets in this directory, or in the user's private one where its path is too long; nothing runs yet. `tag` is
 * what it is found by should it outlive us.
 */
export function newNotifyRelay(directory: string, tag?: string): NotifyRelay {
  const waiting = new Map<string, (made: boolean) => void>();
  // The files of the sockets that are open, by their paths.
  const files = new Map<string, string>();
  let child: ChildProcess | undefined;

  const pathOf = (name: string): string | undefined => {
    const path = join(directory, `${name}.sock`);
    if (Buffer.byteLength(path) <= longestPath) return path;
    const short = shortSocketPath(directory, name);
    return short !== undefined && Buffer.byteLength(short) <= longestPath ? short : undefined;
  };

  const start = (): ChildProcess => {
    const stdio = ["pipe" as const, "pipe" as const, "ignore" as const];
    const { words } = wrap({ args: ["perl", "-e", program] }, tag === undefined ? {} : { tag }, {});
    const [file = "", ...args] = words;
    const started = spawn(file, args, { stdio: [...stdio, ...coverMasters(2)], detached: true });
    const begunAt = now();
    const over = (): void => {
      if (child !== started) return;
      child = undefined;
      for (const settle of waiting.values()) settle(false);
      waiting.clear();
      // Somebody killed it: services that speak to it would be taken as silent.
      if (files.size === 0 || now() - begunAt < shortestLife) return;
      child = start();
      for (const [path, file] of files) child.stdin?.write(asked(path, file));
    };
    started.on("error", over);
    started.once("exit", over);
    started.stdin?.on("error", () => {});
    if (started.stdout !== null) {
      createInterface(started.stdout).on("line", (line) => {
        const [made, path = ""] = line.split("\t");
        waiting.get(path)?.(made === "+");
        waiting.delete(path);
      });
    }
    return started;
  };

  return {
    async open(name, file) {
      const path = pathOf(name);
      if (path === undefined) return undefined;
      child ??= start();
      const { stdin } = child;
      const made = await new Promise<boolean>((settle) => {
        waiting.set(path, settle);
        stdin?.write(asked(path, file));
      });
      if (made) files.set(path, file);
      return made ? path : undefined;
    },
    close(name) {
      const path = pathOf(name);
      if (path === undefined) return;
      files.delete(path);
      child?.stdin?.write(`-\t${path}\n`);
    },
    [Symbol.dispose]() {
      const ended = child;
      child = undefined;
      for (const path of files.keys()) rmSync(path, { force: true });
      ended?.stdin?.end();
      // It may have been stopped, and then it would hear of no end.
      if (ended?.pid !== undefined && ended.exitCode === null && ended.signalCode === null) {
        signalProcess({ pid: ended.pid }, "SIGKILL");
      }
    },
  };
}

function asked(path: string, file: string): string {
  return `+\t${path}\t${file}\n`;
}
