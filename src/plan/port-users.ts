// Who names whose port, and so must hear when it moves. Pure.

import type { Command, Probe, Service, Template } from "../core/service.ts";
import { namesIn, namesInShell, TemplateError } from "../manifest/interpolate.ts";
import { endpointNames, exportNames } from "../manifest/names.ts";

/** For each service that names another's port, URL or host in one of its values: which ones. */
export function portUsers(services: readonly Service[]): ReadonlyMap<string, ReadonlySet<string>> {
  const owners = new Map(
    services.flatMap((service) =>
      exportNames(service.exportPrefix, service.name, endpointNames(service.endpoints)).map(
        (name) => [name, service.name] as const,
      ),
    ),
  );
  const users = services.map((service) => [service.name, portsUsedBy(service, owners)] as const);
  return new Map(users.filter(([, used]) => used.size > 0));
}

// The manifest's `env` makes a user only of who names one of its variables: else each service would be a user of all.
function portsUsedBy(service: Service, owners: ReadonlyMap<string, string>): ReadonlySet<string> {
  const used = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name) || Object.hasOwn(service.env.own, name)) return;
    seen.add(name);
    const owner = owners.get(name);
    const indirect = service.env.manifest[name];
    if (owner !== undefined && owner !== service.name) used.add(owner);
    else if (typeof indirect === "string") mentionedIn(indirect).forEach(visit);
  };
  namesInService(service).forEach(visit);
  return used;
}

function namesInService(service: Service): readonly string[] {
  const { command, env, files, ready, health, stop, open } = service;
  const values: readonly (Template | null)[] = [
    ...Object.values(env.own),
    ...files.map(({ content }) => content),
    open ?? null,
  ];
  return [
    ...namesInCommand(command),
    ...values.flatMap((value) => (value === null ? [] : mentionedIn(value))),
    ...namesInProbe(ready.probe),
    ...(health === undefined ? [] : namesInProbe(health.probe)),
    ...namesInCommand(stop.command),
  ];
}

function namesInCommand(command: Command | undefined): readonly string[] {
  if (command === undefined) return [];
  return "shell" in command ? namesInShell(command.shell) : command.args.flatMap(mentionedIn);
}

function namesInProbe(probe: Probe): readonly string[] {
  switch (probe.kind) {
    case "http":
      return [probe.target, ...Object.values(probe.headers)].flatMap(mentionedIn);
    case "tcp":
      return mentionedIn(probe.address);
    case "exec":
      return namesInCommand(probe.command);
    case "listen":
    case "log":
    case "notify":
    case "none":
      return [];
  }
}

/** The names in a template; none in one that is wrong, which is told where it stands when the manifest is loaded. */
function mentionedIn(template: string): readonly string[] {
  try {
    return namesIn(template);
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
}
