// What a service, an endpoint, a profile, a project or an instance may be called: it also has to serve as a file's name.

/** What such a name looks like. */
export const namePattern = /^[a-z0-9][a-z0-9_-]*$/;

/** The same in words. */
export const nameError = "lower-case letters, digits, - and _, starting with a letter or digit";
