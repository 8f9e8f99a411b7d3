// `-f` behind `logs` is `--follow`, as whoever looks at logs types it; everywhere else it is `--file`.

const withValue = /^(?:-[fC]|--(?:file|directory|profile|instance))$/;

/** The arguments with `-f` spelled out where it means `--follow`. */
export function withFollow(args: readonly string[]): string[] {
  const command = args.findIndex((arg, at) => !arg.startsWith("-") && !withValue.test(args[at - 1] ?? ""));
  if (args[command] !== "logs") return [...args];
  return args.flatMap((arg, at) => {
    const found = at > command ? /^-(q*)f(.*)$/.exec(arg) : null;
    if (found === null) return arg;
    return ["--follow", ...found.slice(1).flatMap((rest) => (rest === "" ? [] : `-${rest}`))];
  });
}
