// Makes the code caches beside the bundles in the given directory: runs them through a check and a small run, so that the code of
// what each uses is in its own.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { scriptFor } from "../src/cli/script-for.ts";
import { cacheFile, openBundle, openScript } from "./bundle.ts";

const dist = resolve(process.argv[2] ?? "dist");

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
    // Its end is the end of the run.
    window: { command: ["true"], depends_on: ["web", "worker"], on_exit: "shutdown", restart: "no" },
  },
};

// As many as a check is wanted to be quick for; what only some number of services bring about is in the code as well.
const many = Array.from({ length: 30 }, (_, index) => ({
  [`plain-${index}`]: {
    command: ["sleep", "${PORT}"],
    port: 3000 + index,
    env: { NAME: `plain ${index}` },
    ...(index > 0 && { depends_on: [`plain-${index - 1}`] }),
  },
}));

const directory = mkdtempSync(join(tmpdir(), "launch-warm-"));
try {
  for (const [args, services] of [
    [["--check-only"], Object.assign({}, manifest.services, ...many)],
    [["--timeout", "20s", "--json"], manifest.services],
  ] as const) {
    writeFileSync(join(directory, "services.yaml"), JSON.stringify({ ...manifest, services }));
    const script = scriptFor(args);
    const bundle = openBundle(dist, script);
    const code = await bundle.exports.runCommandLine(["-C", directory, ...args]);
    // One of the many may have a port that is taken here.
    const isGood = code === 0 || (script === "check" && code === 3);
    if (!isGood) throw new Error(`launch ${args.join(" ")} ended with ${code}`);
    writeFileSync(join(dist, cacheFile(script)), bundle.createCache());
  }
  const dashboard = openScript<{ readonly loaded: Promise<unknown> }>(dist, "dashboard");
  await dashboard.exports.loaded;
  writeFileSync(join(dist, cacheFile("dashboard")), dashboard.createCache());
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
