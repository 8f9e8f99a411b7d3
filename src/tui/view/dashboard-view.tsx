// The chrome: header, dialog, footer. The table and the rows below it stand between them on the screen and are none of Ink's, which
// would take some milliseconds of every key for them.

import { Box, Text } from "ink";
import type { ReactElement } from "react";
import type { Picture } from "../model/picture.ts";
import { Colors, Painted } from "./painted.tsx";

/** One picture's chrome, exactly as wide as the screen and as high as its rows are. */
export function DashboardView({
  picture: { layout, header, dialog, footer },
  colors,
}: {
  readonly picture: Picture;
  readonly colors: boolean;
}): ReactElement {
  return (
    <Colors value={colors}>
      <Box flexDirection="column" width={layout.columns} overflow="hidden">
        {[header, ...dialog, footer].map((line, index) => (
          <Painted key={index} line={line} />
        ))}
      </Box>
    </Colors>
  );
}

/** The screen that is too small for anything but a few words. */
export function TinyView({ words, columns }: { readonly words: string; readonly columns: number }): ReactElement {
  return (
    <Box width={columns} overflow="hidden">
      <Text wrap="truncate">{words}</Text>
    </Box>
  );
}
