// The version, put in by the build; `dev` when run from source.

declare const __VERSION__: string | undefined;

/** `1.2.0`, or `dev`. */
export const VERSION: string = typeof __VERSION__ === "string" ? __VERSION__ : "dev";
