// A project in a directory of its own. Disposing of it fails the test when any process of it still lives.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { endAll, type Living, processesOf } from "./processes.ts";
import { until } from "./wait.ts";

/** The top of this repository. */
export const root = resolve(import.meta.dirname, "../..");

/** Where programs are found: the fixtures first, and the Node that runs the tests. */
export const path = [join(root, "test/fixtures"), dirname(process.execPath), process.env["PATH"]].join(delimiter);

/** A manifest as data, or its text. */
export type Manifest =
  | string
  | { readonly services: Readonly<Record<string, unknown>>; readonly [key: string]: unknown };

/** A project on disk. */
export interface TestProject extends AsyncDisposable {
  readonly directory: string;
  /** The whole environment that `launch` gets. */
  readonly env: Readonly<Record<string, string>>;
  path(...parts: readonly string[]): string;
  write(file: string, content: string): void;
  read(file: string): string;
  has(file: string): boolean;
  /** What of it lives right now. */
  processes(): readonly Living[];
  /** Every path with its kind, size and time of change, and a directory's own. */
  listing(): string;
  /** Ends whatever lives, for tests that leave something on purpose; resolves once it is gone. */
  clear(): Promise<void>;
}

/** Makes a project with this `services.yaml` and other files. */
export function newProject(manifest: Manifest, files: Readonly<Record<string, string>> = {}): TestProject {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "launch-test-"));
  const project: TestProject = {
    directory,
    env: { PATH: path, HOME: directory },
    path: (...parts) => join(directory, ...parts),
    write(file, content) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), content);
    },
    read: (file) => readFileSync(join(directory, file), "utf8"),
    has: (file) => existsSync(join(directory, file)),
    processes: () => processesOf(directory),
    listing: () =>
      execFileSync("find", [directory, "-printf", "%P %y %s %T@\\n"], { encoding: "utf8" })
        .split("\n")
        .sort()
        .join("\n"),
    async clear() {
      endAll(processesOf(directory));
      await until("what was killed to be gone", () => processesOf(directory).length === 0);
    },
    async [Symbol.asyncDispose]() {
      const left = processesOf(directory);
      endAll(left);
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
      const words = left.map(({ pid, command }) => `${pid} ${command}`);
      if (left.length > 0) throw new Error(`still alive:\n${words.join("\n")}`);
    },
  };
  project.write("services.yaml", typeof manifest === "string" ? manifest : JSON.stringify(manifest, undefined, 2));
  for (const [file, content] of Object.entries(files)) project.write(file, content);
  return project;
}
