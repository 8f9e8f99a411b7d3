import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EnvFileError, readEnvFiles } from "../../../src/manifest/dotenv.ts";
import { service, workspace } from "./project.ts";

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
    new EnvFileError("", `env file ${space.directory}/none does not exist`).message,
  );
  await expect(read("dir")).rejects.toThrow(`env file ${space.directory}/dir is a directory`);
  await expect(read("latin")).rejects.toThrow(`env file ${space.directory}/latin is not UTF-8 text`);
  await expect(read("nul")).rejects.toThrow(`env file ${space.directory}/nul has a NUL byte in it`);
});

it.each([
  ["A=1\n\n# c\nnot a line\nB=2", "line 4: it is no NAME=value, and no comment"],
  ["A: 1", "line 1: it is no NAME=value, and no comment"],
  ["A=1\n=5\nB=2", "line 2: it is no NAME=value, and no comment"],
  ["1A=1", "line 1: it is no NAME=value, and no comment"],
  ['A=1\nB="x\nC=2\n', "line 2: its quote is never closed"],
  ['A="x\nB=2\nC="y"\n', "line 1: something follows the closing quote"],
  [String.raw`A="x\"y"`, "line 1: something follows the closing quote"],
  ["A='x' y", "line 1: something follows the closing quote"],
])("passes over nothing that it does not understand: %j", async (text, words) => {
  await using space = await workspace({ a: text });
  const path = join(space.directory, "a");
  await expect(readEnvFiles([{ path, required: true }])).rejects.toThrow(`env file ${path}, ${words}`);
});

it("takes what env files usually hold", async () => {
  const text =
    'A=1\r\n  export B = two words # c\n\tC="a\nb" # c\nD=\'x"y\'\nE=`q`\nF=\nG=a"b\nH.I-J=#no\n#K=1\n\nL="l\\n"';
  await using space = await workspace({ a: text });
  const values = { A: "1", B: "two words", C: "a\nb", D: 'x"y', E: "q", F: "", G: 'a"b', "H.I-J": "", L: "l\n" };
  expect(await readEnvFiles([{ path: join(space.directory, "a"), required: true }])).toEqual(values);
});

it("gives a service's own files their place below the process environment and above the manifest's", async () => {
  const files = {
    "services.yaml":
      "env_file: m.env\nservices: {a: {command: x, env_file: [a.env], label: '${P}-${A}-${M}', port: 1, description: '${PORT}'}}",
    "a.env": "P=own\nA=own\nPORT=9",
    "m.env": "P=manifest\nA=manifest\nM=manifest",
    ".env": "M=dotenv",
  };
  expect(await service("a", files, { env: { P: "process" } })).toMatchObject({
    label: "process-own-manifest",
    description: "9",
  });
});

it("does not ask for the files of a service that takes no part", async () => {
  const a = await service("a", "services: {a: {command: x, env_file: none.env, enabled: false}}");
  expect(a.enabled).toBe(false);
});
