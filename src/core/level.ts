// How serious a line is, read from the forms that common programs use. A line that belongs to the one above it, such as a
// line of a stack trace, is as serious as that one.

/** From the least serious on. */
export type Level = "debug" | "info" | "warn" | "error";

/** Which lines a level filter lets through. */
export type LevelFilter = "all" | "info" | "warn" | "error";

const order: readonly Level[] = ["debug", "info", "warn", "error"];

/** True if a line of this level is let through; a line of no level counts as `info`. */
export function isAtLeast(level: Level | undefined, filter: LevelFilter): boolean {
  return filter === "all" || order.indexOf(level ?? "info") >= order.indexOf(filter);
}

// Most lines say nothing of the kind, and are told from the others here.
const anyHint =
  /err|warn|wrn|info|inf\b|debug|dbg|trace|trc|fatal|crit|panic|severe|exception|alert|emerg|notice|lvl|level|severity|^[IWEFD]\d{4}\b/i;
// A key of JSON, as bunyan, pino, winston, zap, slog and others write it, or of logfmt.
const field =
  /["']?\b(?:log\.)?(?:level|lvl|severity|levelname|level_name)["']?\s*[:=]\s*(?:["']?([A-Za-z]+)|(\d{1,2})\b)/i;
const glog = /^([IWEFD])\d{4}[ T]\d\d:/;
// A word in capitals or in brackets, near the front: `2026-01-02 03:04:05 ERROR x`, `[warn] x`, `<info> x`.
const word =
  /\b(ERR(?:OR)?!?|WRN|WARN(?:ING)?|INFO?|NOTICE|DBG|DEBUG|TRC|TRACE|VERBOSE|FATAL|CRIT(?:ICAL)?|PANIC|SEVERE|ALERT|EMERG(?:ENCY)?)(?![\w-])|[[(<](err(?:or)?|warn(?:ing)?|info?|notice|debug|trace|verbose|fatal|crit(?:ical)?|panic)[\])>]/;
// `error: x`, `error[E0308]: x`, `npm warn x`, `TypeError: x`, `java.lang.Exception: x`, `file.ts(3,4): error TS2304`.
const phrase =
  /(?:^|[\s:)\]])(?:(error|fatal|panic|warn(?:ing)?|info|notice|debug|trace|critical)(?:\[\w+\]| \w{1,8}\d+)?:|(?:npm|yarn|pnpm) (error|warn|notice)\b)|(?:^|[\s(])(?:[\w.$]*(?:Error|Exception))(?: \[\w+\])?(?::|$)|^(Traceback) \(|^thread '.*' (panicked)|^Exception in thread/i;
const near = 120;

/** The level that a line, without colours, gives itself. */
export function levelOf(text: string): Level | undefined {
  if (!anyHint.test(text)) return undefined;
  const named = text.includes("{") || text.includes("=") || text.includes(":") ? field.exec(text) : null;
  const level =
    named === null ? undefined : named[1] === undefined ? levelOfNumber(Number(named[2])) : levelOfWord(named[1]);
  if (level !== undefined) return level;
  const start = text.length > near ? text.slice(0, near) : text;
  const letter = glog.exec(start)?.[1];
  if (letter !== undefined) return levelOfWord(letter);
  const found = word.exec(start);
  if (found !== null) return levelOfWord(found[1] ?? found[2] ?? "");
  const said = phrase.exec(start);
  return said === null ? undefined : levelOfWord(said[1] ?? said[2] ?? "error");
}

/** True if a line goes on with what the line above it said. */
export function isContinuation(text: string): boolean {
  return (
    text === "" ||
    /^(?:\s|[)}\]]|Caused by:|\.\.\. \d+ more|goroutine \d+ \[|created by |exit status |[\w./*]+\.[\w(*).]+\(.*\)$|note: run with )/.test(
      text,
    )
  );
}

function levelOfWord(word: string): Level | undefined {
  switch (word.toLowerCase().slice(0, 3)) {
    case "e":
    case "f":
    case "err":
    case "fat":
    case "cri":
    case "pan":
    case "sev":
    case "ale":
    case "eme":
    case "tra":
      return word.toLowerCase() === "trace" ? "debug" : "error";
    case "trc":
    case "d":
    case "dbg":
    case "deb":
    case "ver":
    case "fin":
    case "sil":
      return "debug";
    case "w":
    case "wrn":
    case "war":
      return "warn";
    case "i":
    case "inf":
    case "not":
    case "log":
      return "info";
    default:
      return undefined;
  }
}

/** The numbers of pino and bunyan. */
function levelOfNumber(number: number): Level | undefined {
  if (number >= 50) return "error";
  if (number >= 40) return "warn";
  if (number >= 30) return "info";
  return number >= 10 ? "debug" : undefined;
}
