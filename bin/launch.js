#!/usr/bin/env node
// CommonJS (package.json beside it), which Node has at hand sooner than ES modules.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 21)) {
  process.stderr.write(`launch needs Node 24.21 or newer; this is ${process.version} (${process.execPath}).\n`);
  process.exit(2);
}
require("../dist/main.cjs");
