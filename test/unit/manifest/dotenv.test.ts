import { execFileSync } from "node:child_process";
import { mkdir, open as openFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EnvFileError, readEnvFiles } from "../../../src/manifest/dotenv.ts";
import { readTextFile } from "../../../src/manifest/text-file.ts";
import { problems, service, workspace } from "./project.ts";
import type { Workspace } from "./project.ts";

it("reads files in order, a later one winning, and takes a missing optional file as empty", async () => {
  await using space = await workspace({ a: "A=1\nB='x=y # z'\n# no\nexport C=\"l1\\nl2\"\n", b: "\ufeffA=2\n" });
  const at = (path: string, required = true) => ({ path: join(space.directory, path), required });
  expect(await readEnvFiles([at("a"), at("none", false), at("b")])).toEqual({ A: "2", B: "x=y # z", C: "l1\nl2" });
});

it("says which file is missing, is a directory, or is no text", async () => {
  await using space = await workspace({ nul: "A=\0", latin: Uint8Array.from([0x41, 0x3d, 0xe9]) });
  await mkdir(join(space.directory, "dir"));
  const read = async (path: string): Promise<unknown> =>
    readEnvFiles([{ path: join(space.directory, path), required: true }]);
  await expect(read("none")).rejects.toThrow(
    new EnvFileError(`env file ${space.directory}/none does not exist`, { isMissing: true }),
  );
  await expect(read("dir")).rejects.toThrow(`env file ${space.directory}/dir is a directory`);
  await expect(read("latin")).rejects.toThrow(`env file ${space.directory}/latin is not UTF-8 text`);
  await expect(read("nul")).rejects.toThrow(`env file ${space.directory}/nul:1:3 a NUL byte is no text`);
});

it("tells all lines that are none, each with its place and a caret, together with what the manifest says wrong", async () => {
  const files = {
    "services.yaml": "env_file: m.env\nservices: {a: {comand: x, env_file: [own.env]}}",
    ".env": "A=1\nno line\n",
    "m.env": "B='x\n",
    "own.env": "C=1\r\nD\r\n",
  };
  expect(await problems(files)).toBe(`services.yaml:2:16 "comand" is no key of a service
  services: {a: {comand: x, env_file: [own.env]}}
                 ^
  Did you mean "command"?
.env:2:1 it is no NAME=value, and no comment
  no line
  ^
  Write NAME=value; a comment begins with #.
m.env:1:3 its quote ' is never closed
  B='x
    ^
  Close it, or put the whole value into another kind of quote.
own.env:2:1 it is no NAME=value, and no comment
  D
  ^
  Write NAME=value; a comment begins with #.`);
});

it("tells all that is wrong with a file at a start too", async () => {
  await using space = await workspace({ a: "A=1\nno line\nB='x" });
  const path = join(space.directory, "a");
  await expect(readEnvFiles([{ path, required: true }])).rejects.toThrow(
    `env file ${path}:2:1 it is no NAME=value, and no comment; 3:3 its quote ' is never closed`,
  );
});

it("says that an optional file, be it .env, is a link to nothing, and refuses one that is asked for", async () => {
  await using space = await workspace({ "services.yaml": "services: {a: x}" });
  await symlink("../gone/.env", join(space.directory, ".env"));
  const words = `env file ${space.directory}/.env is a link to ../gone/.env, which does not exist`;
  const loaded = await space.load();
  expect(loaded).toMatchObject({ ok: true, warnings: [{ message: `${words}, and is not read` }] });
  await expect(readEnvFiles([{ path: join(space.directory, ".env"), required: true }])).rejects.toThrow(words);
});

/** A workspace with a named pipe in it. */
async function pipe(name: string): Promise<Workspace & { readonly path: string }> {
  const space = await workspace({});
  const path = join(space.directory, name);
  execFileSync("mkfifo", [path]);
  return { ...space, path };
}

it("reads a named pipe once, for the check and for every start", async () => {
  await using space = await pipe(".env");
  const read = async (): Promise<Record<string, string>> => readEnvFiles([{ path: space.path, required: false }]);
  const [first, second] = await Promise.all([read(), read(), writeFile(space.path, "A=one\n")]);
  expect([first, second, await read()]).toEqual([{ A: "one" }, { A: "one" }, { A: "one" }]);
});

it("does not wait long for a pipe into which nobody writes, or that nobody closes", async () => {
  await using space = await pipe("a");
  const bounds = { mebibytes: 1, silence: 0.05 };
  await expect(readTextFile(space.path, bounds)).rejects.toThrow("is a pipe, and nobody wrote into it within 0.05 s");
  // Opened for both, it has a writer that stays.
  await using open = await openFile(space.path, "r+");
  await open.write("A=1\n");
  const words = "is a pipe that was written into and then not closed within 0.05 s";
  await expect(readTextFile(space.path, bounds)).rejects.toThrow(words);
});

it("bounds what a pipe may say, and takes no device for a file", async () => {
  await using space = await pipe("a");
  const bounds = { mebibytes: 1, silence: 10 };
  const writing = writeFile(space.path, Buffer.alloc(2 * 1024 * 1024));
  await expect(readTextFile(space.path, bounds)).rejects.toThrow("is larger than 1 MiB");
  await expect(writing).rejects.toThrow("EPIPE");
  await expect(readTextFile("/dev/zero", bounds)).rejects.toThrow("is a device, and no file or pipe");
});

it("reads nothing from the null device, and from a link to it, as a file is masked by", async () => {
  await using space = await workspace({});
  const link = join(space.directory, ".env");
  await symlink("/dev/null", link);
  const bounds = { mebibytes: 1, silence: 10 };
  expect(await readTextFile("/dev/null", bounds)).toBe("");
  expect(await readTextFile(link, bounds)).toBe("");
});

it("reads a manifest from a named pipe as well", async () => {
  await using space = await pipe("m.yaml");
  const [loaded] = await Promise.all([space.load({ files: ["m.yaml"] }), writeFile(space.path, "services: {a: x}")]);
  expect(loaded).toMatchObject({ ok: true, project: { services: [{ name: "a" }] } });
});

it("gives a service's own files their place below the process environment and above the manifest's", async () => {
  const files = {
    "services.yaml":
      "env_file: m.env\nservices: {a: {command: x, env_file: [a.env], label: '${P}-${A}-${M}', port: 1, description: '${PORT}'}}",
    "a.env": "P=own\nA=own\nPORT=9",
    "m.env": "P=manifest\nA=manifest\nM=manifest",
    ".env": "M=dotenv",
  };
  expect(await service("a", files, { env: { P: "process", PORT: "7" } })).toMatchObject({
    label: "process-own-manifest",
    description: "9",
  });
});

it("does not ask for the files of a service that takes no part", async () => {
  const a = await service("a", "services: {a: {command: x, env_file: none.env, enabled: false}}");
  expect(a.enabled).toBe(false);
});
