// Datagrams to a run's socket become lines in its file.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { newNotifyRelay, type NotifyRelay } from "../../../src/effects/health/notify-relay.ts";
import { until } from "../../helpers/wait.ts";

interface Surroundings {
  readonly directory: string;
  readonly file: string;
  readonly relay: NotifyRelay;
}

function surroundings(below = ""): Surroundings {
  const top = mkdtempSync(join(tmpdir(), "launch-relay-"));
  const directory = join(top, below);
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "api.1");
  writeFileSync(file, "");
  const relay = newNotifyRelay(directory);
  onTestFinished(() => {
    relay[Symbol.dispose]();
    rmSync(top, { recursive: true, force: true });
  });
  return { directory, file, relay };
}

function send(path: string, ...datagrams: readonly string[]): void {
  const script =
    "my $p = shift; socket(my $s, AF_UNIX, SOCK_DGRAM, 0); connect($s, sockaddr_un($p)) or die; send($s, $_, 0) // die for @ARGV";
  execFileSync("perl", ["-MSocket", "-e", script, path, ...datagrams]);
}

function relayPids(): readonly number[] {
  const out = execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(process.pid)], { encoding: "utf8" });
  return out.split("\n").flatMap((line) => (line.includes("perl") ? Number.parseInt(line, 10) : []));
}

test("words for us are kept in their order, all else and every empty line is not", async () => {
  const { file, relay } = surroundings();
  const path = (await relay.open("api.1", file))!;
  expect(statSync(path).mode & 0o777).toBe(0o600);
  send(path, "READY=1\nMAINPID=7\n\nSTATUS=up", "", "\n\n", "X=1", "WATCHDOG=1\n");
  await until("the last word", () => readFileSync(file, "utf8").includes("WATCHDOG"));
  expect(readFileSync(file, "utf8")).toBe("READY=1\nSTATUS=up\nWATCHDOG=1\n");
});

test("each run has a socket of its own, which goes with it", async () => {
  const { directory, file, relay } = surroundings();
  const other = join(directory, "web.1");
  writeFileSync(other, "");
  const [api, web] = await Promise.all([relay.open("api.1", file), relay.open("web.1", other)]);
  send(web!, "STATUS=web");
  send(api!, "STATUS=api");
  await until("both", () => readFileSync(file, "utf8") !== "" && readFileSync(other, "utf8") !== "");
  expect([readFileSync(file, "utf8"), readFileSync(other, "utf8")]).toEqual(["STATUS=api\n", "STATUS=web\n"]);
  relay.close("api.1");
  await until("the socket to go", () => statSync(api!, { throwIfNoEntry: false }) === undefined);
  rmSync(other);
  send(web!, "STATUS=late");
  expect(statSync(other, { throwIfNoEntry: false })).toBe(undefined);
});

test("a relay that is killed is replaced, and the sockets are there again", async () => {
  const { file, relay } = surroundings();
  const path = (await relay.open("api.1", file))!;
  const [first] = relayPids();
  const begun = performance.now();
  await until("more life than one that only dies again has", () => performance.now() > begun + 150);
  process.kill(first!, "SIGKILL");
  await until("the next relay", () => relayPids().some((pid) => pid !== first));
  await until("what is said to it", () => {
    try {
      send(path, "READY=1");
    } catch {
      return false;
    }
    return readFileSync(file, "utf8").endsWith("READY=1\n");
  });
});

test("where the path is too long for a socket it is in the user's own directory", async () => {
  const { directory, file, relay } = surroundings("a-long-name/".repeat(10));
  const path = (await relay.open("api.1", file))!;
  expect(path.startsWith(directory)).toBe(false);
  send(path, "READY=1");
  await until("the word", () => readFileSync(file, "utf8") === "READY=1\n");
  relay[Symbol.dispose]();
  await until("the socket to go", () => statSync(path, { throwIfNoEntry: false }) === undefined);
});
