// The clipboard, the browser and the editor, by programs that only write down how they were called.

import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { copyText } from "../../src/effects/desktop/clipboard.ts";
import { editFile, editorFor } from "../../src/effects/desktop/editor.ts";
import { openUrl } from "../../src/effects/desktop/open-url.ts";
import { until } from "../helpers/wait.ts";

interface Desk extends Disposable {
  /** The directory, and where a plain shell is. */
  readonly PATH: string;
  has(program: string, script?: string): void;
  /** What the programs wrote down. */
  said(): string;
}

/** A machine with these programs and no others. */
function newDesk(...programs: readonly string[]): Desk {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "launch-desk-"));
  const said = join(directory, "said");
  const has = (program: string, script = ""): void => {
    const path = join(directory, program);
    writeFileSync(path, `#!/bin/sh\necho "${program} $*" >> '${said}'\n${script}\n`);
    chmodSync(path, 0o755);
  };
  for (const program of programs) has(program);
  return {
    PATH: directory,
    has,
    said: () => (existsSync(said) ? readFileSync(said, "utf8") : ""),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}

const takes = `PATH=/usr/bin:/bin; cat >> "$(dirname "$0")/said"; echo "|" >> "$(dirname "$0")/said"`;

test("text is put on the clipboard by the tool of the display", async () => {
  using desk = newDesk();
  for (const program of ["pbcopy", "wl-copy", "xclip", "xsel"]) desk.has(program, takes);
  const { PATH } = desk;
  await copyText("grüße", { PATH, WAYLAND_DISPLAY: "w", DISPLAY: ":0" }, "linux");
  await copyText("two", { PATH, DISPLAY: ":0" }, "linux");
  await copyText("three", { PATH }, "darwin");
  expect(desk.said()).toBe("wl-copy \ngrüße|\nxclip -selection clipboard\ntwo|\npbcopy \nthree|\n");
});

test("Windows' tool gets text that it can read", async () => {
  using desk = newDesk();
  desk.has("clip.exe", `PATH=/usr/bin:/bin; od -An -tx1 >> "$(dirname "$0")/said"`);
  await copyText("aü", { PATH: desk.PATH }, "linux");
  expect(desk.said()).toBe("clip.exe \n ff fe 61 00 fc 00\n");
});

test("whoever has no clipboard is told what would give one", async () => {
  using desk = newDesk();
  const { PATH } = desk;
  await expect(copyText("x", { PATH, WAYLAND_DISPLAY: "w" }, "linux")).rejects.toThrow("install wl-clipboard");
  await expect(copyText("x", { PATH, DISPLAY: ":0" }, "linux")).rejects.toThrow("install xclip or xsel");
  await expect(copyText("x", { PATH }, "linux")).rejects.toThrow("there is no display");
  desk.has("xclip", "exit 1");
  await expect(copyText("x", { PATH, DISPLAY: ":0" }, "linux")).rejects.toThrow(
    "xclip did not take the text: it ended with exit code 1",
  );
});

test("a page is opened by the person's browser, or by the system's way", async () => {
  using desk = newDesk("xdg-open", "firefox");
  const { PATH } = desk;
  await openUrl(
    "http://localhost:1/?a=b&c=%s",
    { PATH, BROWSER: "nothing:firefox --new 'x %s'", LAUNCH_RUN: "x" },
    "linux",
  );
  await openUrl("http://localhost:2/", { PATH }, "linux");
  expect(desk.said()).toBe("firefox --new x http://localhost:1/?a=b&c=%s\nxdg-open http://localhost:2/\n");
});

test("a browser is left alone once it is there, and knows nothing of launch", async () => {
  using desk = newDesk();
  const tools = "/usr/bin:/bin";
  desk.has("open", `env | grep LAUNCH >> "$(dirname "$0")/said"; echo $$ >> "$(dirname "$0")/said"; exec sleep 1000`);
  await openUrl("http://localhost:1/", { PATH: [desk.PATH, tools].join(delimiter), LAUNCH_RUN: "x" }, "darwin");
  await until("its pid", () => desk.said().split("\n").length > 2);
  const [, pid] = desk.said().split("\n");
  // Throws when it does not live any more.
  process.kill(Number(pid), "SIGKILL");
});

test("what cannot be opened is told with its address", async () => {
  using desk = newDesk();
  const { PATH } = desk;
  await expect(openUrl("file:///etc/passwd", { PATH }, "linux")).rejects.toThrow("only http and https");
  await expect(openUrl("javascript:1", { PATH }, "linux")).rejects.toThrow("only http and https");
  await expect(openUrl("http://a/", { PATH }, "linux")).rejects.toThrow(
    "http://a/: no browser is found; set BROWSER, or install xdg-utils",
  );
  await expect(openUrl("http://a/", { PATH, BROWSER: "none" }, "linux")).rejects.toThrow("BROWSER=none");
  desk.has("xdg-open", "exit 3");
  await expect(openUrl("http://a/", { PATH }, "linux")).rejects.toThrow("xdg-open ended with exit code 3");
});

test("each editor is told the line in its own way, and is waited for", async () => {
  using desk = newDesk("vim", "code", "hx", "kate", "ed", "less", "more");
  const { PATH } = desk;
  await editFile("/f", 7, { PATH, VISUAL: "vim -R", EDITOR: "ed" });
  await editFile("/f", 7, { PATH, EDITOR: "code --wait" });
  await editFile("/f", 7, { PATH, EDITOR: "hx" });
  await editFile("/f", 7, { PATH, EDITOR: "kate" });
  await editFile("/f", 7, { PATH, EDITOR: join(PATH, "ed") });
  await editFile("/f", 7, { PATH });
  expect(desk.said()).toBe("vim -R +7 /f\ncode --wait --goto /f:7\nhx /f:7\nkate --line 7 /f\ned /f\nless -R +7 /f\n");
  rmSync(join(PATH, "less"));
  expect(editorFor("/f", 7, { PATH })).toEqual(["more", "+7", "/f"]);
  desk.has("vim", "exit 1");
  await expect(editFile("/f", 7, { PATH, EDITOR: "vim" })).rejects.toThrow("vim ended with exit code 1");
});
