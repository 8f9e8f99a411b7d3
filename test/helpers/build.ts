// Builds once before the tests of the built command, unless what is there is newer than everything it is made of.

import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { bin } from "./launch.ts";
import { root } from "./project.ts";

/** Vitest's global setup. */
export default function setup(): void {
  // Somebody else's build is somebody else's care.
  if (bin !== join(root, "bin/launch.js")) return;
  const built = statSync(join(root, "dist/main.cjs"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built > newestIn("src", "scripts", "package.json", "services.schema.json")) return;
  execFileSync(process.execPath, [join(root, "scripts/build.ts")], { cwd: root, stdio: "inherit" });
}

function newestIn(...paths: readonly string[]): number {
  const files = paths.flatMap((path) => {
    if (!statSync(join(root, path)).isDirectory()) return [path];
    return readdirSync(join(root, path), { recursive: true, encoding: "utf8" }).map((file) => join(path, file));
  });
  return Math.max(...files.map((file) => statSync(join(root, file)).mtimeMs));
}
