// A line of the model as Ink draws it.

import { Text } from "ink";
import { createContext, memo, type ReactElement, useContext } from "react";
import { type Line, paint } from "../model/line.ts";

/** Whether colours are wanted. */
export const Colors = createContext(true);

/** One line, painted by ourselves: one text for Ink rather than one for every piece. */
export function Painted({ line }: { readonly line: Line }): ReactElement {
  return <Row text={paint(line, useContext(Colors))} />;
}

// A row that says the same is not laid out again.
const Row = memo(function Row({ text }: { readonly text: string }): ReactElement {
  return <Text wrap="truncate">{text === "" ? " " : text}</Text>;
});
