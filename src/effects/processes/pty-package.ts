// The optional package behind `tty: true`. Only its native part is used: the rest of it closes a terminal 200 ms after its
// leader's end, whatever is still unread, and its writes block the loop while the program does not read.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the native part offers. */
export interface NativePty {
  /** Starts a program as the leader of a session whose terminal is `fd`, the master's end; throws when the system refuses. */
  fork(
    file: string,
    args: readonly string[],
    env: readonly string[],
    cwd: string,
    columns: number,
    rows: number,
    uid: number,
    gid: number,
    utf8: boolean,
    helper: string,
    onExit: (code: number, signal: number) => void,
  ): { readonly fd: number; readonly pid: number };
  resize(fd: number, columns: number, rows: number): void;
}

/** The package as it was found. */
export interface PtyPackage {
  readonly native: NativePty;
  /** The program by which macOS starts a session leader; unused elsewhere. */
  readonly helper: string;
}

const name = "@lydell/node-pty";
let found: PtyPackage | undefined;

/** The package, found beside launch or from the service's directory upward; the words for why not, when it cannot be used. */
export function loadPtyPackage(directory: string): PtyPackage | string {
  try {
    return (found ??= load(directory));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === "MODULE_NOT_FOUND" && message.includes(`'${name}'`);
    if (isMissing) return `\`tty: true\` needs the package ${name}, which is not installed: npm install ${name}`;
    const [reason = ""] = message.split("\n", 1);
    return `\`tty: true\` needs the package ${name}, which does not load here: ${reason}`;
  }
}

function load(directory: string): PtyPackage {
  const ours = createRequire(import.meta.url);
  const main = ours.resolve(name, { paths: [dirname(fileURLToPath(import.meta.url)), directory] });
  // The package for the platform is a dependency of the package, not of ours.
  const theirs = createRequire(main);
  const { requireBinary } = theirs(join(dirname(main), "requireBinary.js")) as {
    requireBinary: (file: string) => NativePty;
  };
  const platform = `${name}-${process.platform}-${process.arch}`;
  const helper = process.platform === "darwin" ? theirs.resolve(`${platform}/spawn-helper`) : "";
  return { native: requireBinary("pty.node"), helper };
}
