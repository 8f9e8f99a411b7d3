// Builds what is shipped: a small entry, one bundle of everything else and a smaller one for checks, the sweeper that outlives them,
// and the code that V8 makes of them (`warm.ts`).
// A command evaluates only what it uses; the packages' licences travel in dist/LICENSES.txt. With `--readable` the names of the source
// stay, and all goes to `node_modules/.readable`, for whoever profiles it.

import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, type BuildOptions, type Plugin, type PluginBuild } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const isReadable = process.argv.includes("--readable");
const target = isReadable ? join(root, "node_modules", ".readable") : join(root, "dist");
const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };

// Parts that cost much at every start and are hardly used, with what stands in for them.
const standIns: readonly { readonly module: RegExp; readonly importer: RegExp; readonly file: string }[] = [
  // The help is plain ASCII, yet yargs brings a character-width table whose regular expressions cost 45 ms.
  { module: /^string-width$/, importer: /node_modules\/(yargs|cliui|wrap-ansi)\//, file: "plain-width.ts" },
  // For two functions of it yargs loads all of `assert`, 5 ms.
  { module: /^assert$/, importer: /node_modules\/yargs\//, file: "plain-assert.ts" },
  // 8 ms that a start can do without.
  { module: /^node:crypto$/, importer: /\/src\//, file: "late-crypto.ts" },
  // 2 ms each that a check can do without.
  { module: /^node:zlib$/, importer: /\/src\//, file: "late-zlib.ts" },
  { module: /^node:child_process$/, importer: /\/src\//, file: "late-child-process.ts" },
  { module: /^node:fs\/promises$/, importer: /\/src\//, file: "late-fs-promises.ts" },
  // 1 ms each.
  { module: /^node:v8$/, importer: /\/src\//, file: "late-v8.ts" },
  { module: /^node:module$/, importer: /node_modules\/yargs/, file: "late-module.ts" },
];
const standingIn = {
  name: "standing-in",
  setup(builder: PluginBuild) {
    for (const { module, importer, file } of standIns) {
      builder.onResolve({ filter: module }, (found) =>
        importer.test(found.importer) ? { path: join(root, "scripts", file) } : undefined,
      );
    }
  },
};

// Gives a module another text, which may import from `scripts`.
const instead = (module: RegExp, contents: string): Plugin => ({
  name: `instead of ${module.source}`,
  setup(builder) {
    builder.onLoad({ filter: module }, () => ({ resolveDir: join(root, "scripts"), contents }));
  },
});

// The entry answers `--version` itself and finds everything else in the bundle beside it.
const bundleBeside = instead(
  /src\/cli\/command-line\.ts$/,
  `import { openBundle } from "./bundle.ts";
  import { scriptFor } from "../src/cli/script-for.ts";
  export const { runCommandLine } = openBundle(__dirname, scriptFor(process.argv.slice(2))).exports;`,
);

// The script that only checks begins anew in the other one where something else is asked of it.
const otherThanCheck: Plugin = {
  name: "other than check",
  setup(builder) {
    builder.onResolve({ filter: /^\.\// }, ({ kind, importer, path }) =>
      kind === "dynamic-import" &&
      /src\/cli\/(command-line|commands|up)\.ts$/.test(importer) &&
      !["./up.ts", "./check.ts"].includes(path)
        ? { path, namespace: "elsewhere" }
        : undefined,
    );
    builder.onLoad({ filter: /./, namespace: "elsewhere" }, () => ({
      resolveDir: join(root, "scripts"),
      contents: `import { openBundle } from "./bundle.ts";
        export const run = () => openBundle(scriptDirectory, "launch").exports.runCommandLine(process.argv.slice(2));
        export { run as bringUp, run as runByYargs };`,
    }));
  },
};

// What few starts use is a script of its own, found beside the bundle and read when it is first used: the dashboard, and
// what says all that is wrong with a text that is no YAML. Not what an engine uses later on: launch itself may be gone then.
const besideBundle = [
  instead(
    /src\/cli\/load-dashboard\.ts$/,
    `import { openScript } from "./bundle.ts";
    export const loadDashboard = () => openScript(scriptDirectory, "dashboard").exports.loaded;`,
  ),
  instead(
    /src\/manifest\/yaml\/diagnose\.ts$/,
    `import { openScript } from "./bundle.ts";
    export const diagnose = (...given) => openScript(scriptDirectory, "diagnose").exports.diagnose(...given);`,
  ),
  // For the same reason the guard is handed the sweeper's script as it is now.
  instead(
    /src\/cli\/sweeper-program\.ts$/,
    `import { readFileSync } from "node:fs";
    export const sweeperProgram = () => ["-e", readFileSync(scriptDirectory + "/sweeper.cjs", "utf8")];`,
  ),
];

// What Ink awaits at its top level is for its own development alone, and a script cannot await there.
const withoutDevelopment = {
  name: "without-development",
  setup(builder: PluginBuild) {
    builder.onLoad({ filter: /node_modules\/ink\/build\/reconciler\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text
        .replace("await import('./devtools.js')", "undefined")
        .replace("await loadPackageJson()", "packageInfo");
      return { contents };
    });
  },
};

// js-yaml is one file that makes what it needs for writing YAML whenever it is loaded. As calls without a side effect, what is not
// used of that is left out.
const withoutUnused: Plugin = {
  name: "without unused",
  setup(builder) {
    builder.onLoad({ filter: /node_modules\/js-yaml\/dist\/js-yaml\.mjs$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll(
        /^var (\S+) = (.*|[^]*?^[\])}].*);$/gm,
        "var $1 = /* @__PURE__ */ (() => ($2))();",
      ),
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: !isReadable,
  platform: "node",
  target: "node24",
  metafile: true,
  define: { __VERSION__: JSON.stringify(version) },
} as const satisfies BuildOptions;

// Made aside and put in place at once, so that whoever starts `launch` meanwhile finds all of the old or all of the new.
const made = await mkdtemp(join(root, "node_modules", ".dist-"));
await build({
  ...common,
  entryPoints: ["src/cli/main.ts"],
  outfile: join(made, "main.cjs"),
  format: "cjs",
  plugins: [bundleBeside],
});
const script = {
  ...common,
  // No ES module: an import of Node's own modules reads every export, and some of those load a lot.
  format: "cjs",
  supported: { "dynamic-import": false },
  banner: {
    js: "(function(exports,require,module,__filename){const bundleUrl=`file://${__filename}`,scriptDirectory=__filename.slice(0,__filename.lastIndexOf('/'));",
  },
  footer: { js: "})" },
  define: { ...common.define, "import.meta.url": "bundleUrl" },
} as const satisfies BuildOptions;
const result = await build({
  ...script,
  entryPoints: ["src/cli/command-line.ts"],
  outfile: join(made, "launch.cjs"),
  plugins: [standingIn, withoutUnused, ...besideBundle],
});
await build({
  ...script,
  entryPoints: ["src/cli/command-line.ts"],
  outfile: join(made, "check.cjs"),
  plugins: [standingIn, withoutUnused, otherThanCheck, ...besideBundle],
});
const diagnose = await build({
  ...script,
  entryPoints: ["src/manifest/yaml/diagnose.ts"],
  outfile: join(made, "diagnose.cjs"),
});
await build({
  ...common,
  entryPoints: ["src/effects/processes/sweeper-script.ts"],
  outfile: join(made, "sweeper.cjs"),
  format: "cjs",
});
const dashboard = await build({
  ...script,
  entryPoints: ["scripts/dashboard-script.ts"],
  outfile: join(made, "dashboard.cjs"),
  define: {
    ...script.define,
    "process.env.NODE_ENV": '"production"',
    "process.env.DEV": '"false"',
    // Yoga would fetch its own bytes from a data URL, and `fetch` takes 40 ms to load; it has another way.
    fetch: "undefined",
  },
  alias: { "yoga-layout": join(root, "scripts", "late-yoga.ts") },
  plugins: [withoutDevelopment],
});

await writeFile(
  join(made, "LICENSES.txt"),
  await licences([result, diagnose, dashboard].flatMap(({ metafile }) => Object.keys(metafile.inputs))),
);
await chmod(join(root, "bin", "launch.js"), 0o755);
const warmed = spawnSync(process.execPath, [join(root, "scripts", "warm.ts"), made], { encoding: "utf8" });
if (warmed.status !== 0) console.error(`Built, but it starts slowly: no code cache could be made.\n${warmed.stderr}`);
await chmod(made, 0o755);
await rm(target, { recursive: true, force: true });
await rename(made, target);

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
