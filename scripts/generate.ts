// Writes what is made of the manifest's schema: `services.schema.json` for editors and `docs/manifest.md` for people.

import { mkdir, writeFile } from "node:fs/promises";
import { renderJsonSchema } from "./json-schema.ts";
import { renderReference } from "./reference.ts";

const root = new URL("../", import.meta.url);

await mkdir(new URL("docs/", root), { recursive: true });
await writeFile(new URL("services.schema.json", root), renderJsonSchema());
await writeFile(new URL("docs/manifest.md", root), await renderReference());
