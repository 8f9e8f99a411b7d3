// A one-line text field: what the keys do to its text.

import { unitEnd } from "../text/units.ts";

/** The text, and where the cursor stands in it, in characters. */
export interface TextField {
  readonly text: string;
  readonly cursor: number;
}

/** A field with the cursor behind its text. */
export function newField(text = ""): TextField {
  return { text, cursor: charactersOf(text).length };
}

/** The field after a key that is no character; the same value for a key it does not know. */
export function editField(field: TextField, key: string): TextField {
  const characters = charactersOf(field.text);
  const { cursor } = field;
  switch (key) {
    case "backspace":
      return cursor === 0 ? field : at(characters.toSpliced(cursor - 1, 1), cursor - 1);
    case "delete":
      return at(characters.toSpliced(cursor, 1), cursor);
    case "left":
      return at(characters, Math.max(0, cursor - 1));
    case "right":
      return at(characters, Math.min(characters.length, cursor + 1));
    case "home":
    case "ctrl-a":
      return at(characters, 0);
    case "end":
    case "ctrl-e":
      return at(characters, characters.length);
    case "ctrl-u":
      return at(characters.slice(cursor), 0);
    case "ctrl-k":
      return at(characters.slice(0, cursor), cursor);
    case "ctrl-w": {
      const kept = charactersOf(
        characters
          .slice(0, cursor)
          .join("")
          .replace(/\S*\s*$/u, ""),
      );
      return at([...kept, ...characters.slice(cursor)], kept.length);
    }
    case "space":
      return insert(field, " ");
    default:
      return isCharacter(key) ? insert(field, key) : field;
  }
}

/** The field with text put in at the cursor; line breaks and other control characters are left out. */
export function insert(field: TextField, text: string): TextField {
  const added = charactersOf(text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ""));
  const characters = charactersOf(field.text);
  return at(
    [...characters.slice(0, field.cursor), ...added, ...characters.slice(field.cursor)],
    field.cursor + added.length,
  );
}

function at(characters: readonly string[], cursor: number): TextField {
  return { text: characters.join(""), cursor };
}

/** What a person takes for one character each: letters with their accents, whole emoji. */
export function charactersOf(text: string): readonly string[] {
  const characters: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = unitEnd(text, at);
    characters.push(text.slice(at, end));
    at = end;
  }
  return characters;
}

/** True for a key that types itself. */
export function isCharacter(key: string): boolean {
  return key !== "" && unitEnd(key, 0) === key.length;
}
