#!/usr/bin/env node
// CommonJS (package.json beside it), which Node has at hand sooner than ES modules.
function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 21);
}

if (isNewEnough(process.versions.node)) require("../dist/main.cjs");
else {
  const { findNode, runUnder } = require("./newer-node.js");
  const program = findNode(isNewEnough);
  if (program !== undefined) runUnder(program, __filename);
  else {
    process.stderr.write(
      `launch needs Node 24.21 or newer; this is ${process.version} (${process.execPath}).\n` +
        "npm install node@24 beside it brings one, which is then used.\n",
    );
    process.exit(2);
  }
}
