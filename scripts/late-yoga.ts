// Stands in for the entry of yoga-layout, which awaits its WebAssembly at the top level: a script cannot do that, so it is awaited
// by whoever loads the dashboard, before anything is laid out.

// @ts-expect-error: these files have no types, nor are they for anyone else.
import loadYoga from "../node_modules/yoga-layout/dist/binaries/yoga-wasm-base64-esm.js";
import wrapAssembly from "../node_modules/yoga-layout/dist/src/wrapAssembly.js";

const yoga: object = {};

/** Resolves when the layout works. */
export const ready: Promise<void> = loadYoga().then((library: unknown) => {
  Object.assign(yoga, wrapAssembly(library));
});

export default yoga;
export * from "../node_modules/yoga-layout/dist/src/generated/YGEnums.js";
