import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeDocument, encodeDocument } from "../../../src/effects/state/document.ts";
import { newKeeper } from "../../../src/effects/state/keeper.ts";
import { replaceFile } from "../../../src/effects/state/replace-file.ts";
import { openStateFile, readState } from "../../../src/effects/state/state-file.ts";
import { until } from "../../helpers/wait.ts";
import type { LiveRecord, RunRecord, State } from "../../../src/effects/state/state.ts";

const live: LiveRecord = {
  pid: 4711,
  startTicks: 12_345,
  run: 3,
  marker: "demo/default/api/3/99",
  ready: true,
  signal: "SIGTERM",
  graceMs: 10_000,
  tty: false,
  logFrom: 120,
  sessionFrom: 0,
};
const run: RunRecord = {
  launch: "1.0.0",
  boot: "a boot",
  place: "1:2",
  engine: { pid: 99, startTicks: 12_000 },
  tag: 77,
  marker: { start: "demo/default/", end: "/99" },
  since: 12_000,
  onDeath: "reclaim",
  ending: false,
  colors: false,
  startedAt: 1_700_000_000_000,
  engines: 0,
  reclaims: [],
  services: {
    api: { wanted: true, bounce: false, run: 3, restarts: 2, recentRestarts: [], ports: { main: 4000 }, live },
  },
};
const before: State = { ports: { api: { main: 4000 } }, files: { "/tmp/ä": "aa" }, run };
const after: State = { ...before, ports: { api: { main: 4001 } } };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "launch-state-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const path = (): string => join(directory, "state.json");
const writeBoth = (): void => {
  const file = openStateFile(directory, { isWhole: false });
  file.write(before);
  file.write(after);
};

describe("the state", () => {
  it("leaves nothing beside the file when it cannot be replaced", async () => {
    mkdirSync(path());
    expect(() => replaceFile(path(), "new")).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    const file = openStateFile(directory, { isWhole: false });
    await expect(file.writeSoon(before)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(readdirSync(directory)).toEqual(["state.json"]);
  });

  it("is read as it was written, and is JSON for everybody", () => {
    writeBoth();
    expect(readState(directory)).toEqual({ state: after, isWhole: true });
    expect(JSON.parse(readFileSync(path(), "utf8"))).toMatchObject({ version: 2, state: after });
  });

  it("is the copy before, with one line that says so, when the file is cut short at any byte", () => {
    writeBoth();
    const whole = readFileSync(path());
    for (let length = 0; length < whole.length; length++) {
      expect(decodeDocument(whole.subarray(0, length)).kind, `${length} bytes`).toBe("damaged");
      // The disk is slow.
      if (length % 25 > 0) continue;
      writeFileSync(path(), whole.subarray(0, length));
      const { state, problem } = readState(directory);
      expect(state).toEqual(before);
      expect(problem).toMatch(/state\.json cannot be used: .*\. The copy before it is used\.$/);
    }
  });

  it("is the copy before, or the file itself, when any byte of the file is another", () => {
    writeBoth();
    const whole = readFileSync(path());
    for (let index = 0; index < whole.length; index++) {
      for (const flip of [1, 0x20, 0x80]) {
        const changed = Buffer.from(whole);
        changed[index] = changed[index]! ^ flip;
        // Without a disk in between, as there are many.
        const decoded = decodeDocument(changed);
        expect(decoded.kind, `byte ${index} ^ ${flip}`).not.toBe("whole");
        if (decoded.kind === "version") expect(decoded.value).toBeUndefined();
      }
    }
  });

  it("is nothing when both copies are cut short at any byte, and never an exception", () => {
    const whole = Buffer.from(encodeDocument(after));
    for (let length = 0; length < whole.length; length += 50) {
      writeFileSync(path(), whole.subarray(0, length));
      writeFileSync(`${path()}.old`, whole.subarray(0, whole.length - 1 - Math.floor(length / 2)));
      const { state, problem } = readState(directory);
      expect(state).toEqual({ ports: {}, files: {} });
      expect(problem).toMatch(/is not known\.$/);
    }
  });

  it("is the copy before without a word when we died between two moves", () => {
    writeBoth();
    rmSync(path());
    expect(readState(directory)).toEqual({ state: before, isWhole: false });
  });

  it("never puts a damaged file in the place of a copy that is whole", () => {
    writeBoth();
    writeFileSync(path(), "{");
    const found = readState(directory);
    openStateFile(directory, found).write(after);
    expect(decodeDocument(readFileSync(`${path()}.old`))).toMatchObject({ kind: "whole" });
    expect(readState(directory).state).toEqual(after);
  });

  it("keeps the ports of the first version, which had no checksum", () => {
    writeFileSync(path(), JSON.stringify({ version: 1, ports: { api: { main: 4000, bad: 70_000 } }, files: {} }));
    expect(readState(directory)).toEqual({ state: { ports: { api: { main: 4000 } }, files: {} }, isWhole: true });
  });

  it("is not guessed from a later version", () => {
    writeFileSync(path(), encodeDocument(before).replace('"version": 2', '"version": 3'));
    expect(readState(directory)).toMatchObject({
      state: { ports: {} },
      problem: expect.stringMatching(/another version of launch wrote it/),
    });
  });

  it.each<[string, unknown]>([
    ["a pid of 1", { ...live, pid: 1 }],
    ["a negative pid", { ...live, pid: -4711 }],
    ["a pid that is no number", { ...live, pid: "4711" }],
    ["a start time that is no number", { ...live, startTicks: null }],
    ["no marker", { ...live, marker: undefined }],
  ])("knows of no run where a process has %s", (_, wrong) => {
    const services = { api: { ...run.services["api"], live: wrong } };
    writeFileSync(path(), encodeDocument({ ...before, run: { ...run, services } }));
    expect(readState(directory).state).toEqual({ ports: before.ports, files: before.files });
  });

  it("is not read through a link, nor from a directory, a pipe, or a file that is too large", () => {
    const elsewhere = join(directory, "elsewhere");
    writeFileSync(elsewhere, encodeDocument(before));
    symlinkSync(elsewhere, path());
    expect(readState(directory)).toMatchObject({
      state: { ports: {} },
      problem: expect.stringMatching(/it is a symbolic link/),
    });
    rmSync(path());
    mkdirSync(path());
    expect(readState(directory)).toMatchObject({ problem: expect.stringMatching(/it is no file/) });
    rmSync(path(), { recursive: true });
    execFileSync("mkfifo", [path()]);
    expect(readState(directory)).toMatchObject({ problem: expect.stringMatching(/it is no file/) });
    rmSync(path());
    writeFileSync(path(), Buffer.alloc(17 * 2 ** 20));
    expect(readState(directory)).toMatchObject({ problem: expect.stringMatching(/it is too large/) });
  });

  it("is written over a link, never through it", () => {
    const elsewhere = join(directory, "elsewhere");
    writeFileSync(elsewhere, "mine");
    symlinkSync(elsewhere, path());
    symlinkSync(elsewhere, `${path()}.new`);
    openStateFile(directory, readState(directory)).write(before);
    expect(readFileSync(elsewhere, "utf8")).toBe("mine");
    expect(readState(directory)).toEqual({ state: before, isWhole: true });
  });

  it("says so when it may not be read", () => {
    writeBoth();
    chmodSync(path(), 0);
    chmodSync(`${path()}.old`, 0o644);
    chmodSync(directory, 0o755);
    const isRoot = process.geteuid?.() === 0;
    // Root may read everything.
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(readState(directory)).toMatchObject({ state: before, problem: expect.stringMatching(/EACCES/) });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });
});

describe("keeping the state", () => {
  it("writes once for a hundred changes, and at once when asked", async () => {
    let count = 0;
    const { promise: written, resolve } = Promise.withResolvers<void>();
    const keeper = newKeeper(
      {
        write: () => void count++,
        async writeSoon() {
          count++;
          resolve();
        },
      },
      () => before,
      () => {},
    );
    for (let change = 0; change < 100; change++) keeper.soon();
    expect(count).toBe(0);
    await written;
    expect(count).toBe(1);
    keeper.now();
    expect(count).toBe(2);
  });

  it("writes what changes during a write once more after it", async () => {
    const kept: State[] = [];
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    let state = before;
    const file = {
      write: () => {},
      async writeSoon(given: State) {
        kept.push(given);
        if (kept.length > 1) return second.resolve();
        state = after;
        keeper.soon();
        await first.promise;
      },
    };
    const keeper = newKeeper(
      file,
      () => state,
      () => {},
    );
    keeper.soon();
    await until("the first write", () => kept.length === 1);
    first.resolve();
    await second.promise;
    expect(kept).toEqual([before, after]);
  });

  it("leaves the newer state, and nothing beside it, when it is written at any moment of a write", async () => {
    for (let turns = 0; turns < 40; turns++) {
      const file = openStateFile(directory, { isWhole: false });
      const soon = file.writeSoon(before);
      for (let turn = 0; turn < turns / 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      file.write(after);
      await soon;
      expect(readState(directory)).toEqual({ state: after, isWhole: true });
      expect(readdirSync(directory).filter((name) => !["state.json", "state.json.old"].includes(name))).toEqual([]);
    }
    const file = openStateFile(directory, readState(directory));
    await file.writeSoon(before);
    expect(readState(directory).state).toEqual(before);
    truncateSync(path(), 5);
    expect(readState(directory)).toMatchObject({ state: after, isWhole: false });
  });

  it("says once that it cannot be written, and goes on", () => {
    const said: string[] = [];
    mkdirSync(path());
    writeFileSync(join(path(), "full"), "");
    const keeper = newKeeper(
      openStateFile(directory, readState(directory)),
      () => before,
      (words) => said.push(words),
    );
    keeper.now();
    keeper.now();
    expect(said).toEqual([expect.stringMatching(/could not be written \(.*state\.json.*\): should launch be killed/)]);
    rmSync(path(), { recursive: true });
    keeper.now();
    expect(readState(directory).state).toEqual(before);
  });
});
