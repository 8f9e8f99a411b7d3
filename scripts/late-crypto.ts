// Stands in for `node:crypto` in our own files, and loads it when something of it is called.

import type * as Crypto from "node:crypto";

const crypto = (): typeof Crypto => process.getBuiltinModule("node:crypto");

export const createHash = (algorithm: string): Crypto.Hash => crypto().createHash(algorithm);

export const hash = (algorithm: string, data: string): string => crypto().hash(algorithm, data);

export const randomBytes = (size: number): Buffer => crypto().randomBytes(size);

export const randomInt = (min: number, max: number): number => crypto().randomInt(min, max);
