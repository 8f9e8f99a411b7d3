// The chrome: header, table, dialog, footer. The rows between are left empty: the log is laid over them.

import { Box, Text } from "ink";
import type { ReactElement } from "react";
import type { Line } from "../model/line.ts";
import type { Picture } from "../model/picture.ts";
import { Colors, Painted } from "./painted.tsx";

/** One picture's chrome, exactly as large as the screen. */
export function DashboardView({
  picture,
  colors,
}: {
  readonly picture: Picture;
  readonly colors: boolean;
}): ReactElement {
  const { layout, header, table, dialog, footer } = picture;
  return (
    <Colors value={colors}>
      <Box flexDirection="column" width={layout.columns} height={layout.rows} overflow="hidden">
        <Painted line={header} />
        <Lines lines={table} height={layout.table.height} />
        <Lines lines={dialog} height={layout.dialog.height} />
        <Box height={layout.tabs.height + layout.lower.height} flexShrink={0} />
        <Painted line={footer} />
      </Box>
    </Colors>
  );
}

/** The screen that is too small for anything but a few words. */
export function TinyView({
  words,
  columns,
  rows,
}: {
  readonly words: string;
  readonly columns: number;
  readonly rows: number;
}): ReactElement {
  return (
    <Box width={columns} height={rows} overflow="hidden">
      <Text wrap="truncate">{words}</Text>
    </Box>
  );
}

function Lines({ lines, height }: { readonly lines: readonly Line[]; readonly height: number }): ReactElement | null {
  if (height === 0) return null;
  return (
    <Box flexDirection="column" height={height} flexShrink={0} overflow="hidden">
      {lines.slice(0, height).map((line, index) => (
        <Painted key={index} line={line} />
      ))}
    </Box>
  );
}
