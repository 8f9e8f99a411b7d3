// The one schema of `services.yaml`, in the manifest's words: it gives the types, `services.schema.json` and the reference.
// It judges shapes only; what needs more than one value to judge is in `resolve`.

import * as z from "zod/mini";
import { defaults } from "./schema/defaults.ts";
import { keys, map, optional, required } from "./schema/keys.ts";
import { range } from "./schema/port.ts";
import { choice, name, path, variables } from "./schema/scalars.ts";
import { defaultsMap, envFile, service } from "./schema/service.ts";
import type { serviceMap } from "./schema/service.ts";

export const portPoolMap = map(
  { id: "PortPool", title: "`port_pool`", description: "Where `port: auto` takes its numbers from." },
  {
    range: optional(range, "The ports for `auto`, both ends included.", defaults.portPool.range),
    fallback: optional(
      choice(["os", "fail"]),
      "When all are taken: `os` takes any free port, `fail` is a conflict.",
      defaults.portPool.fallback,
    ),
  },
);

const includeError = "a path, or a list of paths";
const prefixError = "letters, digits and _, not starting with a digit";

/** The keys of a manifest in the order of the reference; only `services` must be there. */
export const manifestKeys = keys({
  name: optional(name, "The project's name; default: the directory's."),
  services: required(
    z.record(name, service, { error: "a map of names to services" }),
    "What runs, by name. See Service.",
  ),
  env: optional(variables, "Variables for every service; `null` unsets one."),
  env_file: optional(
    envFile,
    "Files of NAME=value lines for every service; `.env` beside the manifest is read by itself.",
  ),
  env_prefix: optional(
    z.string({ error: prefixError }).check(z.regex(/^(?:[A-Za-z_][A-Za-z0-9_]*)?$/, { error: prefixError })),
    "Stands before every exported name: `UHOME_` gives `UHOME_API_PORT`.",
    "",
  ),
  port_pool: optional(portPoolMap, "Where `port: auto` takes its numbers from. See Port pool."),
  defaults: optional(defaultsMap, "Merged under every service. See Defaults."),
  include: optional(
    z.union([path, z.array(path, { error: includeError })], { error: includeError }),
    "Other manifests, whose services join with their own directory, defaults, variables and prefix.",
  ),
});

/** A whole manifest. */
export const manifestMap = z
  .strictObject(manifestKeys, { error: "a map with a `services:` key" })
  .register(z.globalRegistry, {
    id: "Manifest",
    title: "services.yaml",
    description: "A manifest of services for launch.",
  });

/** A manifest as the schema gives it, short forms and all. */
export type ManifestInput = z.output<typeof manifestMap>;

/** A service with its command spelled out. */
export type ServiceInput = z.output<typeof serviceMap>;
