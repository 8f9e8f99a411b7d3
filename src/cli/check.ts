// `launch --check-only`: whether it would start, and how. Reads, binds and unbinds; starts, kills and writes nothing.

import { jsonText } from "../core/sanitize.ts";
import { print } from "./print.ts";
import { relative } from "node:path";
import { describeConflict } from "../core/failure.ts";
import type { Service } from "../core/service.ts";
import { type Problem, renderProblem } from "../manifest/problem.ts";
import { putOffV8Work } from "../effects/v8-work.ts";
import { startOrder } from "../plan/graph.ts";
import { checkServices, type Finding } from "./check-services.ts";
import { type Inspection, inspectPorts } from "./inspect.ts";
import { leftBehindWords } from "./left-behind.ts";
import { type Chosen, chooseServices } from "./project.ts";
import { table } from "./table.ts";
import { countServices } from "./words.ts";
import { newStyle, type Style, wantsColor } from "./terminal.ts";
import type { UpArgs } from "./options.ts";

/** Everything that was found out, ready to be shown. */
interface Verdict {
  readonly chosen: Chosen;
  readonly inspection: Inspection;
  readonly findings: readonly Finding[];
  readonly code: number;
}

/**
 * Checks what was asked for and prints the verdict; 0 it would start, 1 something is missing, 2 the manifest is wrong, or it runs
 * already or has nowhere to keep its state, 3 a conflict that nobody would settle.
 */
export async function check(args: UpArgs): Promise<number> {
  using _later = putOffV8Work();
  const chosen = await chooseServices(args, args.json ? printProblemsAsJson : undefined);
  if (chosen === undefined) return 2;
  const verdict = await judge(chosen, args);
  print(args.json ? asJson(verdict) : asText(verdict, newStyle(wantsColor(args))));
  return verdict.code;
}

function printProblemsAsJson(problems: readonly Problem[]): void {
  print(`${jsonText({ problems, exitCode: 2 }, 2)}\n`);
}

async function judge(chosen: Chosen, args: UpArgs): Promise<Verdict> {
  const { project, services } = chosen;
  const policy = {
    strictPorts: args.strictPorts,
    instance: args.instance,
    ...(args.onConflict === undefined ? {} : { onConflict: args.onConflict }),
  };
  const inspection = await inspectPorts(chosen, policy);
  const findings = await checkServices(services, inspection.assigned, {
    project: project.name,
    root: project.root,
    instance: args.instance,
    services,
    // A copy is a plain object; `process.env` asks the system for each name.
    processEnv: { ...process.env },
    colors: false,
    identityKey: () => "",
  });
  const fatal = findings.some((finding) => finding.fatal);
  const unsettled = inspection.conflicts.some(({ decision }) => decision.choice === "fail");
  const impossible = inspection.running !== undefined || inspection.unusable !== undefined;
  return { chosen, inspection, findings, code: impossible ? 2 : fatal ? 1 : unsettled ? 3 : 0 };
}

function asText({ chosen, inspection, findings, code }: Verdict, style: Style): string {
  const { project, services, warnings } = chosen;
  const files = project.files.map((file) => relative(process.cwd(), file) || file).join(", ");
  const byName = new Map(services.map((service) => [service.name, service]));
  const rows = startOrder(services).flatMap((name, index) => {
    const service = byName.get(name);
    return service === undefined
      ? []
      : [[String(index + 1), name, needsOf(service), portsOf(service, inspection), commandOf(service)]];
  });
  const blocks = [
    `${style.bold(project.name)}: ${countServices(services.length)} from ${files}`,
    table(["", "service", "starts after", "port", "command"].map(style.dim), rows),
    ...warnings.map((warning) => `${style.warn("warning:")} ${renderProblem(warning, process.cwd())}`),
    inspection.conflicts
      .map(
        ({ conflict, decision }) =>
          `${style.bad(conflict.service)}: ${describeConflict(conflict)}\n  without a person: ${decision.choice}${decision.choice === "next" ? ` (${conflict.next})` : ""}, ${decision.reason}`,
      )
      .join("\n"),
    findings
      .map(({ service, fatal, text }) => `${fatal ? style.bad(service) : style.warn(service)}: ${text}`)
      .join("\n"),
    leftBehindWords(inspection.left) ?? "",
    inspection.silent ?? "",
    inspection.unusable ?? "",
    code === 3 ? "In a terminal you would be asked what to do." : "",
    conclusion(inspection, code, style),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function conclusion({ running }: Inspection, code: number, style: Style): string {
  if (running !== undefined) {
    return style.bad(`It runs already (pid ${running.pid}) and would not start twice. Nothing was started.`);
  }
  return code === 0
    ? style.good("It would start. Nothing was started.")
    : style.bad("It would not start. Nothing was started.");
}

function asJson({ chosen, inspection, findings, code }: Verdict): string {
  const { project, services, warnings } = chosen;
  const document = {
    project: project.name,
    files: project.files,
    order: startOrder(services),
    services: services.map((service) => ({
      name: service.name,
      type: service.type,
      needs: service.needs.map(({ service: needed, condition, required }) => ({
        service: needed,
        condition,
        required,
      })),
      ports: inspection.assigned[service.name] ?? {},
    })),
    conflicts: inspection.conflicts.map(({ conflict, decision }) => ({ ...conflict, decision })),
    findings,
    warnings,
    ...(inspection.running === undefined ? {} : { running: inspection.running }),
    ...(inspection.silent === undefined ? {} : { silent: inspection.silent }),
    ...(inspection.unusable === undefined ? {} : { unusable: inspection.unusable }),
    ...(inspection.left.size === 0 ? {} : { left: [...inspection.left] }),
    exitCode: code,
  };
  return `${jsonText(document, 2)}\n`;
}

function needsOf({ needs }: Service): string {
  return needs.map((need) => `${need.service} ${need.condition}`).join(", ");
}

function portsOf({ name, endpoints }: Service, { assigned, conflicts }: Inspection): string {
  return endpoints
    .map((endpoint) => {
      const port = assigned[name]?.[endpoint.name];
      const conflict = conflicts.find(
        (one) => one.conflict.service === name && one.conflict.endpoint === endpoint.name,
      )?.conflict;
      const shown =
        conflict !== undefined
          ? `${conflict.port} taken`
          : port === undefined
            ? "?"
            : endpoint.preferred === undefined || endpoint.preferred === port
              ? String(port)
              : `${endpoint.preferred} → ${port}`;
      return endpoint.name === "main" ? shown : `${endpoint.name} ${shown}`;
    })
    .join(", ");
}

/** The command as it stands in the manifest, shortened to a glance. */
function commandOf({ command, type }: Service): string {
  if (command === undefined) return `(${type})`;
  const text = ("shell" in command ? command.shell : command.args.join(" ")).replaceAll(/\s+/g, " ").trim();
  return text.length > 48 ? `${text.slice(0, 47)}…` : text;
}
