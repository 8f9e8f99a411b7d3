// Reads a profile of V8's and says which part of the house the time went to. Pure.

/** A profile, as far as it is read. Times in milliseconds of the monotonic clock. */
export interface Profile {
  readonly samples: readonly { readonly at: number; readonly ms: number; readonly stack: readonly Frame[] }[];
  readonly endedAt: number;
}

/** A function on the stack. */
interface Frame {
  readonly name: string;
  readonly url: string;
  readonly line: number;
}

/** A stretch of time on the monotonic clock, in milliseconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

interface RawProfile {
  readonly startTime: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Reads the text of a `.cpuprofile`; the innermost frame of a stack comes first. */
export function readProfile(text: string): Profile {
  const { startTime, nodes, samples, timeDeltas } = JSON.parse(text) as RawProfile;
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const frames = new Map(
    nodes.map(({ id, callFrame: { functionName: name, url, lineNumber: line } }) => [id, { name, url, line }] as const),
  );
  const stackOf = (id: number | undefined): readonly Frame[] => {
    const frame = id === undefined ? undefined : frames.get(id);
    return id === undefined || frame === undefined ? [] : [frame, ...stackOf(parents.get(id))];
  };
  const stacks = new Map(nodes.map(({ id }) => [id, stackOf(id)] as const));
  let at = startTime / 1000;
  const read = samples.map((id, index) => {
    const ms = (timeDeltas[index] ?? 0) / 1000;
    at += ms;
    return { at, ms, stack: stacks.get(id) ?? [] };
  });
  return { samples: read, endedAt: at };
}

/**
 * The milliseconds of each part within the window. What Node's own modules and native code take belongs to whoever called
 * them. `script` is the text of the readable bundle, in which a comment before each module names its file.
 */
export function partsOf({ samples }: Profile, script: string, { from, to }: Window): ReadonlyMap<string, number> {
  const partOfLine = linesOf(script);
  const parts = new Map<string, number>();
  for (const { at, ms, stack } of samples) {
    if (at < from || at > to) continue;
    const part = partOf(stack, partOfLine);
    parts.set(part, (parts.get(part) ?? 0) + ms);
  }
  return parts;
}

function partOf(stack: readonly Frame[], partOfLine: readonly string[]): string {
  const [innermost] = stack;
  if (innermost?.name === "(garbage collector)") return "garbage collection";
  if (innermost?.name === "(idle)") return "idle";
  for (const { url, line } of stack) {
    if (/\/(?:launch|check)\.cjs$/.test(url)) return partOfLine[line] ?? "the bundle's own frame";
    if (url.endsWith("/main.cjs")) return "reading the script and its code cache";
  }
  return "Node itself";
}

/** For each line of the bundle the floor, or the package, that it is of. */
function linesOf(script: string): readonly string[] {
  let part = "the bundle's own frame";
  return script.split("\n").map((line) => {
    const file = /^ {0,2}\/\/ (?:\.\.\/)*((?:src|scripts|node_modules)\/\S+)$/.exec(line)?.[1];
    if (file !== undefined) part = partOfFile(file);
    return part;
  });
}

function partOfFile(file: string): string {
  const [first = "", second = "", third = ""] = file.split("/");
  if (first === "node_modules") return second.startsWith("@") ? `${second}/${third}` : second;
  const isDeep = first === "src" && file.split("/").length > 3;
  return isDeep ? `${first}/${second}/${third}` : `${first}/${second}`;
}
