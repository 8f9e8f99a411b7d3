// `-f` behind `logs` is `--follow`, as whoever looks at logs types it; everywhere else it is `--file`.

/** What stands behind `logs`, with `-f` spelled out as `--follow`. */
export function withFollow(behind: readonly string[]): string[] {
  return behind.flatMap((arg) => {
    const found = /^-(q*)f(.*)$/.exec(arg);
    if (found === null) return arg;
    return ["--follow", ...found.slice(1).flatMap((rest) => (rest === "" ? [] : `-${rest}`))];
  });
}
