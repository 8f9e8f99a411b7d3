// Everything that is rendered afresh at each start of a service: its environment, command, probes and files, from the
// ports as they are now and the env files as they are now.

import type { Command, Probe, Service } from "../core/service.ts";
import type { RenderedFile } from "../effects/state/generated-files.ts";
import type { RenderedCommand } from "../effects/processes/spec.ts";
import { readEnvFiles } from "../manifest/dotenv.ts";
import { type Lookup, render, renderShell } from "../manifest/interpolate.ts";
import { type Assignment, childEnvironment, exportsOf, ownNames, portNamesOf } from "../plan/env.ts";

/** What a run of a service is made from. */
export interface Preparation {
  /** The service with rendered strings in its probes. */
  readonly service: Service;
  /** Absent for what is only watched. */
  readonly command?: RenderedCommand;
  readonly stopCommand?: RenderedCommand;
  /** The whole environment, put together when it is first asked for. */
  readonly env: Readonly<Record<string, string>>;
  /** The environment's `PATH`, by which its programs are found. */
  readonly path?: string | undefined;
  readonly files: readonly RenderedFile[];
  /** Names that the manifest or an env file sets, and those that launch does. */
  readonly setBy: { readonly manifest: readonly string[]; readonly launch: readonly string[] };
  /** Names of launch's own that the service or its env files set themselves. */
  readonly clashes: readonly string[];
}

/** What the whole run has in common. */
export interface RunContext {
  readonly project: string;
  /** The project's directory. */
  readonly root: string;
  readonly instance: string;
  /** All services of the manifest: their names are exported to each other. */
  readonly services: readonly Service[];
  readonly processEnv: Readonly<Record<string, string | undefined>>;
  readonly colors: boolean;
  readonly identityKey: (service: string) => string;
}

/** Renders one service; throws a `TemplateError` or an `EnvFileError` that says what is wrong. `marker` names the run. */
export async function prepare(
  service: Service,
  assignment: Assignment,
  context: RunContext,
  marker: string,
): Promise<Preparation> {
  const exports = exportsOf(context.services, assignment);
  const own = ownNames(service, assignment, {
    project: context.project,
    instance: context.instance,
    identityKey: context.identityKey(service.name),
  });
  const [ownFiles, manifestFiles] = await Promise.all([
    readEnvFiles(service.env.ownFiles),
    readEnvFiles(service.env.manifestFiles),
  ]);
  const environment = childEnvironment({
    service,
    own,
    exports,
    processEnv: context.processEnv,
    portNames: portNamesOf(context.services),
    ownFiles,
    manifestFiles,
    colors: context.colors,
  });
  const { valueOf, clashes } = environment;
  const started = new Date().toISOString();
  const lookup: Lookup = (name) => (name === "NOW" ? started : valueOf(name));
  const text = (template: string): string => render(template, lookup);
  // What launch sets, as the child has it: the service may have said otherwise.
  const ours = (name: string): string | undefined =>
    Object.hasOwn(own, name) || Object.hasOwn(exports, name) ? valueOf(name) : undefined;
  const command = (given: Command): RenderedCommand =>
    "shell" in given ? { shell: renderShell(given.shell, ours) } : { args: given.args.map(text) };

  const rendered = {
    service: renderProbes(service, text, command),
    ...(service.command === undefined ? {} : { command: command(service.command) }),
    ...(service.stop.command === undefined ? {} : { stopCommand: command(service.stop.command) }),
    files: service.files.map(({ path, content, keep }) => ({
      path: render(path, (name) => own[name]),
      content: text(content),
      keep,
    })),
  };
  return {
    ...rendered,
    get env() {
      const { env } = environment;
      // Put in, not copied: a child has hundreds of names. By these launch knows it again, whatever the service says.
      env["LAUNCH_RUN"] = marker;
      env["LAUNCH_ROOT"] = context.root;
      return env;
    },
    path: valueOf("PATH"),
    setBy: {
      manifest: Object.keys({ ...service.env.own, ...service.env.manifest, ...ownFiles, ...manifestFiles }),
      launch: ["LAUNCH_RUN", "LAUNCH_ROOT", ...Object.keys(own), ...Object.keys(exports)],
    },
    clashes,
  };
}

function renderProbes(
  service: Service,
  text: (template: string) => string,
  command: (given: Command) => RenderedCommand,
): Service {
  const probe = (given: Probe): Probe => renderProbe(given, text, command);
  return {
    ...service,
    ready: { ...service.ready, probe: probe(service.ready.probe) },
    ...(service.health === undefined ? {} : { health: { ...service.health, probe: probe(service.health.probe) } }),
  };
}

function renderProbe(
  probe: Probe,
  text: (template: string) => string,
  command: (given: Command) => RenderedCommand,
): Probe {
  switch (probe.kind) {
    case "tcp":
      return { ...probe, address: text(probe.address) };
    case "http": {
      const headers = Object.fromEntries(Object.entries(probe.headers).map(([name, value]) => [name, text(value)]));
      return { ...probe, target: text(probe.target), headers };
    }
    case "exec":
      return { ...probe, command: command(probe.command) };
    case "listen":
    case "log":
    case "notify":
    case "none":
      return probe;
  }
}
