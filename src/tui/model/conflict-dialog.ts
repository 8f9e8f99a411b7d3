// The conflict dialog: what a key makes of it, and how it is drawn. Nothing is answered by moving, by keys that were typed before
// the question had stood for a moment, or by one key alone when a process would be ended.

import type { Fleet } from "../../core/state.ts";
import { type Option, type Question, holderLines, openQuestions, optionsFor, preselected } from "./conflict-list.ts";
import { type Line, span } from "./line.ts";
import type { Conflicts, DialogPicture } from "./ui.ts";

/** What was typed before a question had stood this long was not meant for it. */
export const blindPeriod = 500;

/** What a key comes to. */
export type Outcome =
  | { readonly kind: "dialog"; readonly dialog: Conflicts }
  | { readonly kind: "aside" }
  | { readonly kind: "answer"; readonly option: Option; readonly remember: boolean };

/** The dialog as the fleet now is: opened, moved on to the next question, or undefined when nothing is open any more. */
export function keepConflicts(
  fleet: Fleet,
  before: Conflicts | undefined,
  aside: ReadonlySet<string>,
  now: number,
): Conflicts | undefined {
  const questions = openQuestions(fleet).filter(({ service }) => !aside.has(service));
  const question = questions.find(({ service }) => service === before?.service) ?? questions[0];
  if (question === undefined) return undefined;
  const options = optionsFor(fleet, questions, question);
  const offer = JSON.stringify([question.service, options.map(({ choice, services }) => [choice, services])]);
  if (before?.offer === offer) return before;
  return {
    kind: "conflicts",
    service: question.service,
    cursor: preselected(fleet, options, question),
    remember: before?.remember ?? false,
    offer,
    since: now,
    sure: undefined,
    deniedAt: undefined,
  };
}

/** What a key does. `visible` leaves out what was put aside. */
export function pressConflicts(
  fleet: Fleet,
  dialog: Conflicts,
  aside: ReadonlySet<string>,
  key: string,
  now: number,
): Outcome {
  const stay = (next: Partial<Conflicts> = {}): Outcome => ({ kind: "dialog", dialog: { ...dialog, ...next } });
  const { questions, options } = current(fleet, dialog, aside);
  if (dialog.sure !== undefined && ["n", "esc", "q"].includes(key)) {
    const question = questions.find(({ service }) => service === dialog.service);
    const cursor = question === undefined ? dialog.cursor : preselected(fleet, options, question);
    return stay({ sure: undefined, cursor, since: now - blindPeriod, deniedAt: now });
  }
  if (now - (dialog.sure?.since ?? dialog.since) < blindPeriod) return stay();
  if (dialog.sure !== undefined) {
    const kill = options.find(({ choice }) => choice === "kill");
    return key === "y" && kill !== undefined ? { kind: "answer", option: kill, remember: dialog.remember } : stay();
  }
  // Typed twice to say no, it is not meant as the answer that has this letter in the list.
  if (key === "n" && dialog.deniedAt !== undefined && now - dialog.deniedAt < blindPeriod) return stay();
  const pick = (index: number): Outcome => {
    const option = options[index];
    if (option === undefined) return stay();
    if (option.choice === "kill") return stay({ cursor: index, sure: { choice: "kill", since: now } });
    return { kind: "answer", option, remember: dialog.remember };
  };
  switch (key) {
    case "up":
    case "k":
      return stay({ cursor: Math.max(0, dialog.cursor - 1) });
    case "down":
    case "j":
      return stay({ cursor: Math.min(options.length - 1, dialog.cursor + 1) });
    case "tab":
    case "shift-tab": {
      const at = questions.findIndex(({ service }) => service === dialog.service);
      const next = questions[(at + (key === "tab" ? 1 : questions.length - 1)) % questions.length];
      if (next === undefined || next.service === dialog.service) return stay();
      const moved = keepConflicts(fleet, { ...dialog, service: next.service }, aside, now);
      // Asked for by the person, so the keys need not wait.
      return moved === undefined ? stay() : { kind: "dialog", dialog: { ...moved, since: dialog.since } };
    }
    case "space":
      return isMove(options[dialog.cursor]) ? stay({ remember: !dialog.remember }) : stay();
    case "esc":
      return { kind: "aside" };
    case "enter":
      return pick(dialog.cursor);
    default:
      return pick(options.findIndex(({ keys }) => keys.includes(key)));
  }
}

/** The dialog in lines; `now` is the wall clock. */
export function drawConflicts(fleet: Fleet, dialog: Conflicts, aside: ReadonlySet<string>, now: number): DialogPicture {
  const { questions, options, question } = current(fleet, dialog, aside);
  if (question === undefined) return { title: "", about: [], options: [], cursor: 0 };
  const ports = question.conflicts.map(({ port }) => port).join(" and ");
  const many = questions.length > 1;
  const list = many ? listed(questions, dialog.service) : [];
  const holders = question.conflicts.flatMap((conflict) =>
    holderLines(conflict, now).map((text, index): Line => [
      span(`${index === 0 ? "  " : "     "}${text}`, index === 0 ? "strong" : undefined),
    ]),
  );
  const sure = dialog.sure;
  const choices = options.map(({ choice, text, keys: [digit, letter] }, index): Line => [
    span(index === dialog.cursor ? "  > " : "    ", "strong"),
    span(`${digit} ${letter} `, "accent"),
    span(choice.padEnd(6), index === dialog.cursor ? "strong" : undefined),
    span(text),
  ]);
  const canRemember = isMove(options[dialog.cursor]);
  const keys: readonly Line[] = [
    ...(canRemember
      ? [[span(`    [${dialog.remember ? "x" : " "}] remember the new port for this project `), span("Space", "dim")]]
      : []),
    [span(`    digit or letter answers  Enter as marked  ${many ? "Tab next question  " : ""}Esc later`, "dim")],
  ];
  const killing = options.find(({ choice }) => choice === "kill");
  const confirm: readonly Line[] =
    sure === undefined
      ? [...choices, ...keys]
      : [
          [
            span(`    Really ${killing?.text ?? "stop it"}? `, "bad"),
            span("y", "accent"),
            span(" stop it   "),
            span("n", "accent"),
            span(" choose again"),
          ],
        ];
  return {
    title: many ? `${questions.length} port conflicts` : `Port ${ports} is taken`,
    about: [...list, ...holders],
    options: confirm,
    cursor: sure === undefined ? dialog.cursor : 0,
  };
}

/** Only another port can be remembered. */
function isMove(option: Option | undefined): boolean {
  return option?.choice === "next";
}

const longestList = 4;

function listed(questions: readonly Question[], chosen: string): readonly Line[] {
  const at = questions.findIndex(({ service }) => service === chosen);
  const from = Math.max(0, Math.min(at - 1, questions.length - longestList));
  const shown = questions.slice(from, from + longestList);
  const more = questions.length - shown.length;
  return [
    ...shown.map(({ service, conflicts }): Line => [
      span(service === chosen ? "  > " : "    ", "strong"),
      span(service, service === chosen ? "strong" : undefined),
      span(`  port ${conflicts.map(({ port }) => port).join(", ")}`, "dim"),
    ]),
    ...(more > 0 ? [[span(`    and ${more} more`, "dim")]] : []),
  ];
}

function current(
  fleet: Fleet,
  dialog: Conflicts,
  aside: ReadonlySet<string>,
): { questions: readonly Question[]; question: Question | undefined; options: readonly Option[] } {
  const questions = openQuestions(fleet).filter(({ service }) => !aside.has(service));
  const question = questions.find(({ service }) => service === dialog.service);
  return { questions, question, options: question === undefined ? [] : optionsFor(fleet, questions, question) };
}
