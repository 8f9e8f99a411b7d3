// Writes what is made of the sources: `services.schema.json` for editors, `docs/manifest.md` and `docs/dashboard.md` for people.

import { mkdir, writeFile } from "node:fs/promises";
import { renderDashboardPage } from "./dashboard-page.ts";
import { renderJsonSchema } from "./json-schema.ts";
import { renderReference } from "./reference.ts";

const root = new URL("../", import.meta.url);

await mkdir(new URL("docs/", root), { recursive: true });
await writeFile(new URL("services.schema.json", root), renderJsonSchema());
await writeFile(new URL("docs/manifest.md", root), await renderReference());
await writeFile(new URL("docs/dashboard.md", root), await renderDashboardPage());
