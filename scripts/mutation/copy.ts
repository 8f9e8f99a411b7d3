// A copy of the working tree in a temporary directory, where mutants are tried: the tree itself is never touched.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unshare } from "../../test/helpers/namespace.ts";

/** How a command in the copy ended; `late` when it was killed for taking too long. */
export type Ending = "passed" | "failed" | "late";

/** The copy. Disposing ends what runs there and deletes it. */
export interface Copy extends Disposable {
  read(file: string): string;
  write(file: string, text: string): void;
  /** Runs one of the installed programs there, in a process namespace of its own, so that whatever it starts ends with it. */
  run(program: string, args: readonly string[], limit?: number): Promise<Ending>;
  /** What the latest program has said. */
  said(): string;
}

/** Copies what git knows or would take up, with the packages and the build linked to it. */
export function copyTree(root: string): Copy {
  if (unshare === undefined) {
    throw new Error(
      "A mutant may signal whatever it sees, so it runs in a process namespace (unshare), which is not allowed here.",
    );
  }
  const [first = "", ...namespace] = unshare;
  const directory = mkdtempSync(join(tmpdir(), "launch-mutants-"));
  const tree = join(directory, "tree");
  for (const file of filesOf(root)) cpSync(join(root, file), join(tree, file), { preserveTimestamps: true });
  linkEntries(join(root, "node_modules"), join(tree, "node_modules"));
  linkEntries(join(root, "dist"), join(tree, "dist"));
  const env = { ...process.env, HOME: join(directory, "home"), XDG_CONFIG_HOME: "", XDG_STATE_HOME: "" };
  mkdirSync(env.HOME);
  const log = join(directory, "said");
  let running: ChildProcess | undefined;

  return {
    read: (file) => readFileSync(join(tree, file), "utf8"),
    write: (file, text) => writeFileSync(join(tree, file), text),
    run: (program, args, limit) =>
      new Promise((resolve, reject) => {
        const command = [...namespace, "sh", "-c", '"$@" & wait $!', "sh", join(tree, "node_modules/.bin", program)];
        const output = openSync(log, "w");
        running = spawn(first, [...command, ...args], {
          cwd: tree,
          env,
          stdio: ["ignore", output, output],
          killSignal: "SIGKILL",
          ...(limit !== undefined && { timeout: Math.ceil(limit) }),
        });
        closeSync(output);
        running.once("error", reject);
        running.once("exit", (code) => resolve(code === 0 ? "passed" : code === null ? "late" : "failed"));
      }),
    said: () => readFileSync(log, "utf8"),
    [Symbol.dispose]() {
      running?.kill("SIGKILL");
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function filesOf(root: string): readonly string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z"];
  const { stdout, status } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error("Which files belong to the tree is asked of git, which does not answer here.");
  return stdout.split("\0").filter((file) => file !== "");
}

/** A directory with the same entries, so that what is written beside them stays here. */
function linkEntries(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) if (name !== ".vite") symlinkSync(join(from, name), join(to, name));
}
