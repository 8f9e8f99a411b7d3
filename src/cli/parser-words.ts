// What the parser says of a command line, said as launch says things. Pure.

import { didYouMean } from "../manifest/suggest.ts";
import { camelCase } from "./parse.ts";

/** Values of other tools, or near to one of ours, and what to use. */
const otherValues: Readonly<Record<string, string>> = {
  zsh: 'What is written for "bash" is read by zsh as well.',
  sh: 'What is written for "bash" is read by sh as well.',
  xml: "--json is for programs.",
};

/** The parser's words about what was typed, in ours where they need it; `usage` is that of the command that was meant. */
export function inOurWords(message: string, usage: string): string {
  if (message.startsWith("Not enough non-option arguments")) {
    const [, needed = "argument"] = /<(\w+)/.exec(usage) ?? [];
    return `${needed === "argument" ? "An" : "A"} ${needed} is missing: launch ${usage}`;
  }
  const [, option = ""] = /^Not enough arguments following: (\S+)$/.exec(message) ?? [];
  if (option !== "") return `${dashed(option)} needs a value.`;
  if (message.startsWith("Invalid values:")) return message.split("\n").flatMap(choiceWords).join("\n");
  return withoutTwins(message);
}

/** `Argument: shell, Given: "zsh", Choices: "bash", "fish"` as a sentence. */
function choiceWords(line: string): readonly string[] {
  const [, option = "", given = "", listed = ""] = /Argument: (\S+), Given: (.*), Choices: (.*)$/.exec(line) ?? [];
  if (option === "") return [];
  const choices = listed.split(", ");
  const value = unquoted(given);
  const hint = otherValues[value] ?? didYouMean(value, choices.map(unquoted));
  const list = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1) ?? ""}`;
  return [`${dashed(option)} is ${list}, not ${given}.${hint === undefined ? "" : ` ${hint}`}`];
}

/** What it does not know, without what it made of that itself: `check-only, checkOnly` were typed once. */
function withoutTwins(message: string): string {
  const [, list = ""] = /^Unknown arguments: (.*)$/.exec(message) ?? [];
  const words = list.split(", ");
  const made = new Set(words.filter((word) => word.includes("-")).map((word) => camelCase(word)));
  const typed = words.filter((word) => !made.has(word));
  return list === "" ? message : `Unknown argument${typed.length === 1 ? "" : "s"}: ${typed.join(", ")}`;
}

function dashed(option: string): string {
  return option.length === 1 ? `-${option}` : `--${option}`;
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, "$1");
}
