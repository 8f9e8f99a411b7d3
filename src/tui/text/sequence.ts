// Control sequences in a line: where one ends, and whether it is a colour.

/** Where the sequence that begins at `at` with an ESC ends; one that is never finished is its ESC alone. */
export function sequenceEnd(line: string, at: number): number {
  const introducer = line.charCodeAt(at + 1);
  if (introducer === 0x5b) return controlEnd(line, at);
  if (introducer !== 0x5d && introducer !== 0x50 && introducer !== 0x5f) return at + 1;
  // A string: up to BEL or ST.
  for (let end = at + 2; end < line.length; end++) {
    const code = line.charCodeAt(end);
    if (code === 0x07) return end + 1;
    if (code === 0x1b) return line.charCodeAt(end + 1) === 0x5c ? end + 2 : end;
  }
  return at + 1;
}

/** True for `ESC [ parameters m`, from `at` to `end`; other sequences that end so begin with a sign of their own. */
export function isSgr(line: string, at: number, end: number): boolean {
  if (line.charCodeAt(end - 1) !== 0x6d || line.charCodeAt(at + 1) !== 0x5b) return false;
  const first = line.charCodeAt(at + 2);
  return first <= 0x3b || end === at + 3;
}

function controlEnd(line: string, at: number): number {
  for (let end = at + 2; end < line.length; end++) {
    const code = line.charCodeAt(end);
    if (code >= 0x40 && code <= 0x7e) return end + 1;
    if (code < 0x20 || code > 0x7e) break;
  }
  return at + 1;
}
