import { expect, test } from "vitest";
import { inOurWords } from "../../../src/cli/parser-words.ts";

test.each([
  [
    "Not enough non-option arguments: got 0, need at least 1",
    "why <service..>",
    "A service is missing: launch why <service..>",
  ],
  [
    "Not enough non-option arguments: got 0, need at least 1",
    "kill <target>",
    "A target is missing: launch kill <target>",
  ],
  ["Not enough arguments following: since", "logs [service..]", "--since needs a value."],
  ["Not enough arguments following: n", "logs [service..]", "-n needs a value."],
  [
    'Invalid values:\n  Argument: shell, Given: "zsh", Choices: "bash", "fish", "json", "dotenv"',
    "env [service..]",
    '--shell is "bash", "fish", "json" or "dotenv", not "zsh". What is written for "bash" is read by zsh as well.',
  ],
  [
    'Invalid values:\n  Argument: level, Given: "warning", Choices: "debug", "info", "warn", "error"\n  Argument: on-conflict, Given: "kil", Choices: "next", "kill"',
    "up",
    '--level is "debug", "info", "warn" or "error", not "warning".\n--on-conflict is "next" or "kill", not "kil". Did you mean "kill"?',
  ],
  ["Unknown arguments: dry-run, dryRun", "up", "Unknown argument: dry-run"],
  ["Unknown arguments: a, b", "up", "Unknown arguments: a, b"],
  ["--timeout wants a duration", "up", "--timeout wants a duration"],
])("%s", (said, usage, words) => {
  expect(inOurWords(said, usage)).toBe(words);
});
