// `launch ports`: the ports that the services have or would get first, and how to forget what was remembered.

import { jsonText } from "../core/sanitize.ts";
import { print } from "./print.ts";
import { lockInstance } from "../effects/ports/leases.ts";
import { readRun, realStateDirectory, type StatePaths } from "../effects/state/directory.ts";
import { readOwnState } from "../effects/state/former.ts";
import { openStateFile } from "../effects/state/state-file.ts";
import { trustedPaths } from "./lock.ts";
import { rememberedPorts } from "./kept-ports.ts";
import type { GlobalArgs, portsOptions, Values } from "./options.ts";
import { readProject } from "./project.ts";
import { table } from "./table.ts";
import { newStyle, wantsColor } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { countServices } from "./words.ts";

/** Nobody may begin here meanwhile, whose state would be written over. */
async function forget(paths: StatePaths): Promise<void> {
  const directory = realStateDirectory(paths.directory);
  using lock = await lockInstance(directory);
  if (lock === undefined) throw new UsageError("A run is just beginning or ending here. Try again in a moment.");
  const found = readOwnState(paths);
  openStateFile(directory, found).write({ ...found.state, ports: {}, wishes: {} });
}

/** Prints or forgets; 0 unless the manifest is wrong. */
export async function run(args: GlobalArgs & Values<typeof portsOptions>): Promise<number> {
  const read = await readProject(args);
  if (read === undefined) return 2;
  const paths = trustedPaths(read.project.root, args.instance);
  const running = readRun(paths);
  const kept = readOwnState(paths).state;
  if (args.forget) {
    if (running !== undefined) {
      throw new UsageError(
        `The services run right now (pid ${running.pid}). Stop them first, then forget their ports.`,
      );
    }
    const count = Object.keys(kept.ports).length;
    if (count > 0) await forget(paths);
    print(`forgot the ports of ${countServices(count)}; the next run tries the preferred ones first\n`);
    return 0;
  }

  const remembered = rememberedPorts(read.project.services, read.project.portPool, kept);
  const current = running?.ports ?? {};
  const rows = read.project.services.flatMap((service) =>
    service.endpoints.map((endpoint) => ({
      service: service.name,
      endpoint: endpoint.name,
      wanted: endpoint.preferred ?? endpoint.source,
      now: current[service.name]?.[endpoint.name],
      remembered: remembered[service.name]?.[endpoint.name],
    })),
  );
  if (args.json) {
    print(`${jsonText({ ports: rows }, 2)}\n`);
    return 0;
  }
  const style = newStyle(wantsColor(args));
  const cells = rows.map(({ service, endpoint, wanted, now, remembered }) => [
    service,
    endpoint === "main" ? "" : endpoint,
    String(wanted),
    String(now ?? ""),
    String(remembered ?? ""),
  ]);
  print(`${table(["service", "endpoint", "wants", "now", "remembered"].map(style.dim), cells)}\n`);
  return 0;
}
