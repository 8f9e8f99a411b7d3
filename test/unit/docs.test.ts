// The documents against what they speak of: links that lead somewhere, no command or option left out, the tour as it is.

import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { renderDashboardPage } from "../../scripts/dashboard-page.ts";
import * as options from "../../src/cli/options.ts";

const root = resolve(import.meta.dirname, "../..");
const documents = globSync(["*.md", "docs/*.md"], { cwd: root });
const commandsPage = read("docs/commands.md");

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

describe("every link leads somewhere", () => {
  it.each(documents)("in %s", (document) => {
    const targets = [...prose(read(document)).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
    const local = targets.filter((target) => !/^https?:/.test(target));
    expect(local.filter((target) => !exists(document, target))).toEqual([]);
  });

  function exists(from: string, target: string): boolean {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? from : join(dirname(from), path);
    if (!existsSync(join(root, file))) return false;
    return anchor === undefined || anchorsOf(read(file)).has(anchor);
  }
});

describe("docs/commands.md leaves nothing out", () => {
  const commands = globSync("src/cli/*.ts", { cwd: root })
    .filter((path) => /^export (async )?function run\(/m.test(read(path)))
    .map((path) => path.replace(/^.*\/|\.ts$/g, ""));

  it.each(commands)("launch %s", (command) => {
    expect(commandsPage).toContain(`launch ${command}`);
  });

  const names = Object.entries(options)
    .filter(([name]) => name.endsWith("Options"))
    .flatMap(([, group]) => Object.entries(group))
    // What launch says to itself is nobody's to type.
    .filter(([, option]) => !("hidden" in option))
    // What is true by itself is switched off.
    .map(([name, option]) => ("default" in option && option.default === true ? `--no-${name}` : `--${name}`));

  it.each([...new Set(names)])("%s", (name) => {
    expect(commandsPage).toMatch(new RegExp(`${name}(?![\\w-])`));
  });
});

it("docs/dashboard.md is current: `npm run generate` makes it so", async () => {
  expect(read("docs/dashboard.md")).toBe(await renderDashboardPage());
});

it("the manifest of the tour is the one in examples/shop", () => {
  expect(read("README.md")).toContain(`\`\`\`yaml\n${read("examples/shop/services.yaml")}\`\`\``);
});

/** The text without code blocks. */
function prose(markdown: string): string {
  return markdown.replaceAll(/^```[^]*?^```/gm, "");
}

/** What headings are called in addresses, as GitHub makes it of them. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = [...prose(markdown).matchAll(/^#+ (.+)$/gm)].map((match) => match[1]!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
