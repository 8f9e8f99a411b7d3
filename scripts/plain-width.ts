// Stands in for `string-width` where only our own help text is measured: every character is one column wide.

import { stripVTControlCharacters } from "node:util";

export default function plainWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}
