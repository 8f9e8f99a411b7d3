// The one place where Ink's keys come in.

import { useInput, usePaste } from "ink";
import { keyName } from "../model/key-name.ts";

/** Hands on keys by name, and what is pasted. */
export function Keyboard({
  onKey,
  onPaste,
}: {
  readonly onKey: (key: string) => void;
  readonly onPaste: (text: string) => void;
}): null {
  useInput((input, key) => {
    const name = keyName(input, key);
    if (name !== undefined) onKey(name);
  });
  usePaste(onPaste);
  return null;
}
