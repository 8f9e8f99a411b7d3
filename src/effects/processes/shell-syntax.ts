// Whether shell strings can be read by the shell at all: it is asked to read them without doing anything, all in one go.

import { execFile } from "node:child_process";

/** How long the shell may think about all of them, in milliseconds. */
const limit = 2000;

// One shell asks another about each script, so that one mistake does not hide the next.
const askAboutEach = `number=0
for script do
  words=$(/bin/sh -n -c "$script" 2>&1 </dev/null) || printf '%s %s\\n' "$number" "$(printf '%s' "$words" | { IFS= read -r line; printf '%s' "$line"; })"
  number=$((number + 1))
done`;

/** What the shell says is wrong with each script, by script; what it does not say in time is not told. */
export async function syntaxFaults(scripts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const asked = [...new Set(scripts)].filter(isWorthAsking);
  const [plain, odd] = [asked.filter(isSeparable), asked.filter((script) => !isSeparable(script))];
  // Nearly always all is well, which one shell says at once of them all.
  const areWell = plain.length === 0 || (await run(["-n", "-c", plain.map(inBraces).join("\n")])).ok;
  const doubtful = areWell ? odd : asked;
  if (doubtful.length === 0) return new Map();
  const { stdout } = await run(["-c", askAboutEach, "sh", ...doubtful]);
  const faults = new Map<string, string>();
  for (const [, number = "", words = ""] of stdout.matchAll(/^(\d+) (.*)$/gm)) {
    const script = doubtful[Number(number)];
    if (script !== undefined) faults.set(script, inPlainWords(words));
  }
  return faults;
}

/** Not well, and without an answer, where the shell cannot be run, which is told by whatever needs it. */
function run(args: readonly string[]): Promise<{ readonly ok: boolean; readonly stdout: string }> {
  const options = { env: { LC_ALL: "C" }, timeout: limit, killSignal: "SIGKILL" } as const;
  return new Promise((resolve) => {
    execFile("/bin/sh", args, options, (error, stdout) => resolve({ ok: error === null, stdout }));
  });
}

/** No mistake of one script is mended by what the next one begins with. */
function inBraces(script: string): string {
  return `{ ${script}\n}`;
}

/** True when its quotes are closed and no text of its own hides what follows, so that it can be read beside others. */
function isSeparable(script: string): boolean {
  return !/['"`\\]|<</.test(withoutQuotes(script));
}

/** False for words, closed quotes and variables between single operators: a shell is only started for what is more than that. */
function isWorthAsking(script: string): boolean {
  const rest = withoutQuotes(script.trim()).replaceAll(/\$\{\w+(?::?[-=?+][\w./:-]*)?\}/g, "x");
  if (/['"`\\(){}!#\n]|<<|&>/.test(rest)) return true;
  if (/(?:^|[\s;&|])(?:if|then|elif|else|fi|for|while|until|do|done|case|esac)(?=\s|;|$)/.test(rest)) return true;
  if (/[<>]&?\s*(?:$|[;&|<>])/.test(rest)) return true;
  // Redirections out of the way, an operator stands between two commands; `;` and `&` may be the last.
  const commands = rest.replaceAll(/[<>]&/g, ">").split(/&&|\|\||[;&|]/);
  const mayEnd = /[^&];\s*$|[^&]&\s*$/.test(rest);
  return commands.some((command, index) => command.trim() === "" && !(mayEnd && index === commands.length - 1));
}

/** The script with a letter for each quoted or escaped part, and without its comments; where a command stands in double quotes they stay, for it has its own. */
function withoutQuotes(script: string): string {
  return script.replaceAll(/'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]|(?<=^|\s)#[^\n]*/g, (part) => {
    if (part.startsWith("#")) return "";
    if (part.startsWith('"') && /\$\(|`/.test(part)) return '""';
    return part === "\\\n" ? "\n" : "x";
  });
}

// `sh: 1: Syntax error: Unterminated quoted string`, `sh: -c: line 1: unexpected EOF while …`
function inPlainWords(words: string): string {
  return words
    .replace(/^\S*sh: (?:-c: )?(?:line )?(?:\d+: )?/, "")
    .replace(/^syntax error:? /i, "")
    .trim();
}
