// What a run looks like from outside: plain lines or JSON lines on one stream, and the questions that are asked there.

import { jsonText } from "../core/sanitize.ts";
import { renderProblem } from "../manifest/problem.ts";
import { exitCodeOf, type Fleet, type Outcome } from "../core/state.ts";
import { newJsonPrinter } from "./json-printer.ts";
import type { GlobalArgs } from "./options.ts";
import { newPrinter, type Printer } from "./printer.ts";
import type { Chosen } from "./project.ts";
import { stampOf } from "./stamp.ts";
import { endingLine } from "./summary.ts";
import { sentence } from "./table.ts";
import { newStyle, type Style, wantsColor } from "./terminal.ts";
import { openingWords } from "./words.ts";
import { newWriter, type Writer } from "./writer.ts";

/** A printer with its stream. */
export interface Face {
  readonly printer: Printer;
  readonly writer: Writer;
  readonly style: Style;
  readonly colors: boolean;
  /** Set by whoever runs the engine: called when nobody reads the stream any more. */
  onGone: () => void;
  /** The last words, and all that was said is written. */
  conclude(outcome: Outcome, fleet: Fleet): Promise<void>;
}

/** Until a reader that has stopped reading is given up at the end. */
const lastPatience = 2000;

/** Opens the face that the arguments ask for. */
export function openFace(
  { project, services, warnings }: Chosen,
  args: GlobalArgs & { readonly timestamps?: boolean },
  {
    interactive,
    output,
    hint,
  }: { readonly interactive: boolean; readonly output: { readonly fd: number }; readonly hint: string },
): Face {
  const colors = wantsColor(args);
  const style = newStyle(colors);
  const writer = newWriter(output.fd, () => face.onGone());
  const stamp = (): string => (args.timestamps === true ? stampOf(Date.now()) : "");
  const printer = args.json
    ? newJsonPrinter(writer, args.quiet)
    : newPrinter({ services, writer, style, colors, quiet: args.quiet, stamp, hint });
  if (!args.json) {
    for (const warning of warnings) writer.say(`${style.warn("warning:")} ${renderProblem(warning, process.cwd())}\n`);
    writer.say(`${style.bold(openingWords(project.name, services))}\n`);
  }

  const face: Face = {
    printer,
    writer,
    style,
    colors,
    onGone: () => {},
    async conclude(outcome, fleet) {
      if (args.json) {
        writer.say(
          `${jsonText({ type: "end", at: performance.timeOrigin + performance.now(), outcome, exitCode: exitCodeOf(outcome) })}\n`,
        );
      } else {
        writer.say(`${sentence(endingLine(project.name, performance.now(), outcome, fleet, style))}\n`);
      }
      await writer.flush(interactive ? lastPatience : lastPatience * 5);
    },
  };
  return face;
}

/** The face of a run that others look at: it says nothing. */
export function newSilentFace(args: GlobalArgs): Face {
  const colors = wantsColor(args);
  const nothing = (): void => {};
  return {
    printer: { onEntry: nothing, onLines: nothing },
    writer: { say: nothing, show: nothing, sayNow: nothing, hold: nothing, release: nothing, flush: async () => {} },
    style: newStyle(colors),
    colors,
    onGone: nothing,
    conclude: async () => {},
  };
}
