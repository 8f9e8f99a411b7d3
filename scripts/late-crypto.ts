// Stands in for `node:crypto` in our own files, and loads it when something of it is called.

import type * as Crypto from "node:crypto";

export const createHash = (algorithm: string): Crypto.Hash =>
  process.getBuiltinModule("node:crypto").createHash(algorithm);
