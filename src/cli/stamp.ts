// When something was written, as plain lines show it.

import { pad } from "./table.ts";

const width = "2026-01-31 08:00:00.000 ".length;

/** Date and time of this place with a blank behind, `2026-01-31 08:00:00.000 `; blanks for a time that nobody has noted. */
export function stampOf(time: number | undefined): string {
  if (time === undefined) return pad("", width);
  const at = new Date(time);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const milliseconds = String(at.getMilliseconds()).padStart(3, "0");
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${milliseconds} `;
}
