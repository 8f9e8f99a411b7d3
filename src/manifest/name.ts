// What a service, an endpoint, a profile, a project or an instance may be called: it also has to serve as a file's name.

/** What such a name looks like, but for one word: see `nameFault`. */
export const namePattern = /^[a-z0-9][a-z0-9_-]*$/;

/** The same in words. */
export const nameError = "lower-case letters, digits, - and _, starting with a letter or digit";

/** What a name that cannot be one must be; undefined for one that can. */
export function nameFault(name: string): string | undefined {
  if (!namePattern.test(name)) return nameError;
  // Of what every object of JavaScript's has, the only word that looks like a name: what is kept by name would seem to hold it.
  return name === "constructor" ? reserved : undefined;
}

/** What must be in the place of the one word that no name may be. */
export const reserved = "another word: `constructor` has a meaning of its own in JavaScript";

/** The name that a text comes nearest to: `My App` becomes `my-app`; empty when nothing of it is left. */
export function nameFrom(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/^[-_]+|-+$/g, "");
}
