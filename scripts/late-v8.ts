// Stands in for `node:v8` in our own files, and loads it when something of it is called.

export const setFlagsFromString = (flags: string): void =>
  process.getBuiltinModule("node:v8").setFlagsFromString(flags);
