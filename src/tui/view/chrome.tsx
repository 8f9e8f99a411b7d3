// The rows that Ink draws. Those of the table and of the logs stand between them on the screen and are none of Ink's, which would take
// some milliseconds of every key for them.

import { Box, Text } from "ink";
import { memo, type ReactElement } from "react";

/** Rows that are painted already, each one row of the screen however long it is. */
export function Chrome({
  rows,
  columns,
}: {
  readonly rows: readonly string[];
  readonly columns: number;
}): ReactElement {
  return (
    <Box flexDirection="column" width={columns} overflow="hidden">
      {rows.map((text, index) => (
        <Row key={index} text={text} />
      ))}
    </Box>
  );
}

// A row that says the same is not laid out again.
const Row = memo(function Row({ text }: { readonly text: string }): ReactElement {
  return <Text wrap="truncate">{text === "" ? " " : text}</Text>;
});
