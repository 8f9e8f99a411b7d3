// Makes `dist/launch.cache`: runs the bundle through a check and a small run, so that the code of what a start uses is in it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openBundle } from "./bundle.ts";

const dist = resolve(import.meta.dirname, "..", "dist");

const server = `require("http").createServer((_, answer) => answer.end()).listen(process.env.PORT, "127.0.0.1")`;
const manifest = {
  name: "warm",
  env: { GREETING: "hello" },
  services: {
    api: {
      command: [process.execPath, "-e", server],
      port: "auto",
      ready: { http: "/" },
      env: { NAME: "${GREETING}" },
    },
    web: { command: [process.execPath, "-e", server], port: { port: "auto" }, depends_on: { api: "ready" } },
    migrate: { command: "echo migrated", type: "task", depends_on: ["api"] },
    worker: { command: "exec sleep 60", depends_on: ["migrate"], restart: "always", stop: { timeout: "1s" } },
  },
};

const directory = mkdtempSync(join(tmpdir(), "launch-warm-"));
try {
  writeFileSync(join(directory, "services.yaml"), JSON.stringify(manifest));
  const bundle = openBundle(dist);
  const { runCommandLine } = bundle.exports;
  for (const args of [["--check-only"], ["run", "--timeout", "20s", "--", "true"]]) {
    const code = await runCommandLine(["-C", directory, ...args]);
    if (code !== 0) throw new Error(`launch ${args.join(" ")} ended with ${code}`);
  }
  writeFileSync(join(dist, "launch.cache"), bundle.createCache());
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
