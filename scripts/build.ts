// Builds what is shipped: a small entry, one bundle of everything else, and the code that V8 makes of it (`warm.ts`).
// A command evaluates only what it uses; the packages' licences travel in dist/LICENSES.txt.

import { spawnSync } from "node:child_process";
import { chmod, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, type BuildOptions, type PluginBuild } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };

// The help is plain ASCII, yet yargs brings a character-width table whose regular expressions cost 45 ms at every start.
const plainWidth = {
  name: "plain-width",
  setup(builder: PluginBuild) {
    builder.onResolve({ filter: /^string-width$/ }, ({ importer }) =>
      /node_modules\/(yargs|cliui|wrap-ansi)\//.test(importer)
        ? { path: join(root, "scripts", "plain-width.ts") }
        : undefined,
    );
  },
};

// The entry answers `--version` itself and finds everything else in the bundle beside it.
const bundleBeside = {
  name: "bundle-beside",
  setup(builder: PluginBuild) {
    builder.onLoad({ filter: /src\/cli\/command-line\.ts$/ }, () => ({
      resolveDir: join(root, "scripts"),
      contents: `import { openBundle } from "./bundle.ts";
        export const { runCommandLine } = openBundle(import.meta.dirname).exports;`,
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: "node",
  target: "node24",
  metafile: true,
  define: { __VERSION__: JSON.stringify(version) },
} as const satisfies BuildOptions;

await rm(join(root, "dist"), { recursive: true, force: true });
await build({
  ...common,
  entryPoints: ["src/cli/main.ts"],
  outfile: "dist/main.js",
  format: "esm",
  plugins: [bundleBeside],
});
const result = await build({
  ...common,
  entryPoints: ["src/cli/command-line.ts"],
  outfile: "dist/launch.cjs",
  // A script, and no ES module: an import of Node's own modules reads every export, and some of those load a lot.
  format: "cjs",
  supported: { "dynamic-import": false },
  define: { ...common.define, "import.meta.url": "bundleUrl" },
  banner: { js: "const bundleUrl=`file://${__filename}`;" },
  plugins: [plainWidth],
});

await writeFile(join(root, "dist", "LICENSES.txt"), await licences(Object.keys(result.metafile.inputs)));
await chmod(join(root, "bin", "launch.js"), 0o755);
const warmed = spawnSync(process.execPath, [join(root, "scripts", "warm.ts")], { encoding: "utf8" });
if (warmed.status !== 0) console.error(`Built, but it starts slowly: no code cache could be made.\n${warmed.stderr}`);

/** The licence texts of every package that went into the bundle. */
async function licences(inputs: readonly string[]): Promise<string> {
  const packages = new Set(inputs.flatMap((path) => /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const texts = await Promise.all(
    [...packages].sort().map(async (path) => {
      const name = path.replace("node_modules/", "");
      const file = (await readdir(join(root, path))).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? "See the package's own page." : await readFile(join(root, path, file), "utf8");
      return `${name}\n${"-".repeat(name.length)}\n\n${text.trim()}\n`;
    }),
  );
  return texts.join("\n\n");
}
