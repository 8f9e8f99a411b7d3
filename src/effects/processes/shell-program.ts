// The program without which a shell string cannot do what it is for, as far as that can be told without being a shell. In doubt
// there is none: a script may well go on without one of its commands.

import { realpathSync } from "node:fs";

/** The program that the string's only list of commands starts with; undefined where another could take its place. */
export function neededProgram(script: string): string | undefined {
  const commands = splitCommands(script.trim());
  if (commands === undefined) return undefined;
  const [first, ...others] = commands;
  if (first === undefined || others.some(({ after }) => after !== "&&" && after !== "|")) return undefined;
  const assignments = first.words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  const word = first.words[assignments];
  const isSearchedElsewhere = first.words.slice(0, assignments).some((one) => one.startsWith("PATH="));
  if (word === undefined || isSearchedElsewhere || !/^[\w@%+:,./-]+$/.test(word)) return undefined;
  return shellWords.has(word) || (bashWords.has(word) && isBash()) ? undefined : word;
}

/** One command: its words as they are written, and the operator that it comes after. */
interface Simple {
  readonly after: string;
  readonly words: readonly string[];
}

/** The commands between operators; undefined for what is not made of such alone: groups, functions, substitutions, open quotes. */
function splitCommands(script: string): readonly Simple[] | undefined {
  if (/`|\$\(/.test(script)) return undefined;
  // Quoted text, parameters and escaped characters as wholes; comments; redirections; operators; blanks; any other character.
  const token =
    /'[^']*'|"(?:\\[^]|[^"\\])*"|\$\{[^{}]*\}|\\[^]|(?<=^|\s)#[^\n]*|\d*[<>]+&?|&&|\|\||[;&|\n]|[^\S\n]+|[^]/gy;
  const commands: { after: string; words: string[] }[] = [{ after: "&&", words: [] }];
  let word = "";
  const endWord = (): void => {
    if (word !== "") commands.at(-1)?.words.push(word);
    word = "";
  };
  for (const [part] of script.matchAll(token)) {
    if (/^['"(){}]$/.test(part) || part.startsWith("<<")) return undefined;
    if (/^[^\S\n]+$/.test(part) || /^#./.test(part)) endWord();
    else if (/^(?:&&|\|\||[;&|\n])$/.test(part)) {
      endWord();
      commands.push({ after: part, words: [] });
    } else word += part;
  }
  endWord();
  // A line end or semicolon at the end begins nothing.
  const last = commands.at(-1);
  return last?.words.length === 0 && (last.after === ";" || last.after === "\n") ? commands.slice(0, -1) : commands;
}

/** True where `/bin/sh` may be a shell that knows more than POSIX asks for. */
function isBash(): boolean {
  try {
    return !/\/(?:dash|ash|busybox)$/.test(realpathSync("/bin/sh"));
  } catch {
    return true;
  }
}

// Words that the shell itself knows; none of them is looked for in the PATH.
const shellWords = new Set(
  ". : [ alias bg break case cd command continue do done echo elif else esac eval exec exit export false fg fi for getopts hash if in jobs kill local printf pwd read readonly return set shift test then time times trap true type ulimit umask unalias unset until wait while {".split(
    " ",
  ),
);
const bashWords = new Set(
  "[[ bind builtin caller compgen complete coproc declare dirs disown enable function help history let logout mapfile popd pushd readarray select shopt source suspend typeset".split(
    " ",
  ),
);
