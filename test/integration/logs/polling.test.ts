import fs, { renameSync, writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { expect, test } from "vitest";

test("follows by polling where the system grants no watch", async () => {
  fs.watch = () => {
    throw Object.assign(new Error("no space left on device, watch"), { code: "ENOSPC" });
  };
  syncBuiltinESMExports();
  const { follow } = await import("./following.ts");

  await using log = follow();
  writeSync(log.fd, "one\n");
  await log.until(() => log.seen.length === 1);
  writeSync(log.fd, "two\n");
  await log.until(() => log.seen.length === 2);
  renameSync(log.path, `${log.path}.1`);
  writeSync(log.fd, "three\n");
  await log.until(() => log.seen.length === 3);
  expect(log.texts()).toEqual(["one", "two", "three"]);
});
