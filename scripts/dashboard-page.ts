// `docs/dashboard.md`: the guide, with the table of keys made from the list that the dashboard itself goes by.

import { readFile } from "node:fs/promises";
import { actions, type ActionRow } from "../src/tui/model/actions.ts";
import { showKey } from "../src/tui/model/keymap.ts";

/** The whole page. */
export async function renderDashboardPage(): Promise<string> {
  const guide = await readFile(new URL("dashboard-guide.md", import.meta.url), "utf8");
  return guide.replace("<!-- keys -->", keyTables());
}

function keyTables(): string {
  const groups = Map.groupBy(Object.entries<ActionRow>(actions), ([, { group }]) => group);
  return [...groups]
    .map(([group, rows]) => `| ${group} | |\n| --- | --- |\n${rows.map(([name, row]) => keyRow(name, row)).join("\n")}`)
    .join("\n\n");
}

function keyRow(name: string, { keys, says }: ActionRow): string {
  const all = [...new Set(Object.values(keys).flat())].map((key) => `\`${showKey(key)}\``);
  return `| ${all.join(" ")} | \`${name}\`: ${says} |`;
}
