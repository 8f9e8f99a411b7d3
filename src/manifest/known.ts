// What names mean while a manifest is loaded: values that are known now, and launch's own names, known only later.

import { escapeTemplate, TemplateError } from "./interpolate.ts";
import type { Lookup } from "./interpolate.ts";
import { CycleError, literal, lookupIn } from "./layers.ts";
import type { Layer } from "./layers.ts";
import { portNames, runNames } from "./names.ts";
import type { EndpointNames } from "./names.ts";
import { child, isNull, keysOf } from "./tree.ts";
import type { Tree } from "./tree.ts";

/** Two readings of the same layers: what can be said now, and a trial of what is said at each start. */
export interface Known {
  readonly now: Lookup;
  readonly later: Lookup;
  /** As `later`, without the first layer: what one of its variables means by its own name. */
  readonly below: Lookup;
}

// Stands for a value that is not known yet. A NUL byte is in no manifest and no environment, so it marks what it went into.
const unknown = (name: string): string => `\0${name}\0`;

/** Layers with launch's own names at the place that they have at a start. */
export function ownLayer(names: Iterable<string>): Layer {
  return literal(Object.fromEntries([...names].map((name) => [name, unknown(name)])));
}

/** The lookups over layers of which one is an `ownLayer` and the first the variables that are being rendered. */
export function knownFrom(layers: readonly Layer[]): Known {
  const lookup = lookupIn(layers);
  const now: Lookup = (name) => {
    const value = lookup(name);
    const later = value?.split("\0")[1];
    if (later !== undefined) throw knownLater(later);
    return value;
  };
  let below: Lookup | undefined;
  return {
    now,
    later: forgiving(lookup),
    below: (name) => (below ??= forgiving(lookupIn(layers.slice(1))))(name),
  };
}

/** The text as a template in which only names of launch's own stand; throws TemplateError for one that may not stay. */
export function withoutMarks(text: string, mayStay: (name: string) => boolean, remedy: string): string {
  const pieces = text.split("\0").map((piece, index) => {
    if (index % 2 === 0) return escapeTemplate(piece);
    if (!mayStay(piece)) throw knownLater(piece, remedy);
    return `\${${piece}}`;
  });
  return pieces.join("");
}

const elsewhere =
  "What launch sets can stand in command lists, env, the contents of files, and the http, tcp, exec and headers of probes. Write it out here.";

function knownLater(name: string, remedy = elsewhere): TemplateError {
  const when = name.startsWith("LAUNCH_") ? "when a service starts" : "once ports are chosen";
  return new TemplateError(`${name} is known only ${when}`, remedy);
}

// A variable that does not render is told at its own place; a circle has no place of its own.
function forgiving(lookup: Lookup): Lookup {
  return (name) => {
    try {
      return lookup(name);
    } catch (error) {
      if (error instanceof TemplateError && !(error instanceof CycleError)) return unknown(name);
      throw error;
    }
  };
}

/** The names of a service's endpoints, as far as its tree is well formed. */
export function endpointsOfTree(service: Tree): EndpointNames {
  const port = child(service, "port");
  return { hasPort: port !== undefined && !isNull(port), named: keysOf(child(service, "ports")) };
}

/** What launch tells a service beside the exports. */
export function ownNamesOfTree(service: Tree): readonly string[] {
  const host = child(service, "host") === undefined ? [] : ["HOST"];
  return [...runNames, ...host, ...portNames(endpointsOfTree(service))];
}
