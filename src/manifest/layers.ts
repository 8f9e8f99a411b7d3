// A name's value from layers of variables, the first that has the name wins. Templates are rendered when asked for:
// they may name one another, and themselves to mean the layers below (`PATH: "/opt/bin:${PATH}"`).

import { render, TemplateError } from "./interpolate.ts";
import type { Lookup } from "./interpolate.ts";

/** Variables that refer to one another without an end. */
export class CycleError extends TemplateError {
  override name = "CycleError";
}

/** Variables of one origin. `null` unsets the name, whatever the layers below say. */
export interface Layer {
  readonly values: Readonly<Record<string, string | null | undefined>>;
  /** True: the values hold `${…}`. */
  readonly templates: boolean;
}

/** The values as they are, without `${…}`. */
export function literal(values: Layer["values"]): Layer {
  return { values, templates: false };
}

/** Values that hold `${…}`. */
export function templates(values: Layer["values"]): Layer {
  return { values, templates: true };
}

/** What a service's variables come from, highest first but for what `serviceLayers` says. */
export interface Origins {
  /** Its own `env`. */
  readonly own: Layer["values"];
  /** What launch tells it. */
  readonly told: readonly Layer["values"][];
  readonly manifest: Layer["values"];
  readonly processEnv: Layer["values"];
  readonly ownFiles: Layer["values"];
  readonly manifestFiles: Layer["values"];
  /** The names by which the project speaks of its ports. */
  readonly portNames: readonly string[];
}

/**
 * A service's variables in the order in which they win. What its own files say of launch's names stands in the place of those;
 * of the ports of this project the environment around launch, which may be another project's, only speaks where nobody else does.
 */
export function serviceLayers(origins: Origins): readonly Layer[] {
  const { own, told, manifest, processEnv, ownFiles, manifestFiles, portNames } = origins;
  const foreign = portNames.filter((name) => processEnv[name] !== undefined);
  return [
    // Above launch's own names, so that `PORT: "1${PORT}"` can mean the one that launch chose.
    templates(own),
    ...told.map((values) => literal(withFiles(values, ownFiles))),
    templates(manifest),
    literal(foreign.length === 0 ? processEnv : { ...processEnv, ...valuesAt(foreign, () => undefined) }),
    literal(ownFiles),
    literal(manifestFiles),
    literal(valuesAt(foreign, (name) => processEnv[name])),
  ];
}

function withFiles(told: Layer["values"], files: Layer["values"]): Layer["values"] {
  const both = Object.keys(files).filter((name) => Object.hasOwn(told, name));
  return both.length === 0 ? told : { ...told, ...valuesAt(both, (name) => files[name]) };
}

function valuesAt<Value>(names: readonly string[], value: (name: string) => Value): Readonly<Record<string, Value>> {
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}

/** A lookup over layers, highest first. It throws TemplateError for a cycle and for a template that does not render. */
export function lookupIn(layers: readonly Layer[], onUnset?: (name: string) => void): Lookup {
  const known = new Map<string, string | undefined>();
  const open: { readonly name: string; readonly layer: number }[] = [];

  const find = (name: string, from: number): string | undefined => {
    const layer = layers.findIndex(({ values }, index) => index >= from && has(values, name));
    const found = layers[layer];
    const value = found?.values[name] ?? undefined;
    if (found === undefined || value === undefined || !found.templates) return value;
    const key = `${layer} ${name}`;
    if (known.has(key)) return known.get(key);
    const cycle = open.findIndex((step) => step.name === name && step.layer === layer);
    if (cycle !== -1) {
      const names = [...open.slice(cycle), { name }].map((step) => step.name);
      throw new CycleError(`${names.join(" → ")} refer to one another in a circle`);
    }
    open.push({ name, layer });
    try {
      const rendered = render(value, (other) => find(other, other === name ? layer + 1 : 0), onUnset);
      known.set(key, rendered);
      return rendered;
    } finally {
      open.pop();
    }
  };

  return (name) => find(name, 0);
}

/** Every name that has a value, as `lookup` gives it; throws as that does. */
export function valuesOf(layers: readonly Layer[], lookup: Lookup = lookupIn(layers)): Record<string, string> {
  // A child has hundreds of names and nearly all are as they are: whole layers are laid over one another.
  const values: Record<string, string> = {};
  const unset = new Set<string>();
  const unrendered = new Set<string>();
  for (const layer of layers.toReversed()) {
    for (const name in layer.values) {
      const value = layer.values[name];
      if (value === undefined) continue;
      values[name] = value ?? "";
      if (value === null) unset.add(name);
      else if (unset.size > 0) unset.delete(name);
      if (layer.templates) unrendered.add(name);
      else if (unrendered.size > 0) unrendered.delete(name);
    }
  }
  for (const name of [...unset, ...unrendered]) {
    const value = lookup(name);
    if (value === undefined) delete values[name];
    else values[name] = value;
  }
  return values;
}

/** True when a layer has the name, be it to unset it. */
export function isDecided(layers: readonly Layer[], name: string): boolean {
  return layers.some(({ values }) => has(values, name));
}

function has(values: Layer["values"], name: string): boolean {
  return Object.hasOwn(values, name) && values[name] !== undefined;
}
