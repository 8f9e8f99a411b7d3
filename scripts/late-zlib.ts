// Stands in for `node:zlib` in our own files, and loads it when something of it is called.

export const crc32 = (data: string | Buffer): number => process.getBuiltinModule("node:zlib").crc32(data);
