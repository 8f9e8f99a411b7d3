// Stands in for `node:module` in yargs and its parser, which make a `require` at every start and hardly ever call it.

export const createRequire =
  (url: string): ((id: string) => unknown) =>
  (id) =>
    process.getBuiltinModule("node:module").createRequire(url)(id);
