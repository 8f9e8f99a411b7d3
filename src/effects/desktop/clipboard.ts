// Text for the clipboard, by the tool that this machine has for it.

import { spawn } from "node:child_process";
import { type Environment, isThere, outside, type Words } from "./program.ts";

interface Tool {
  readonly words: Words;
  readonly encoding: BufferEncoding;
}

/** Puts text on the clipboard; rejects with words when there is no tool for it or when it fails. */
export async function copyText(
  text: string,
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  const tool = toolFor(env, platform);
  if (typeof tool === "string") throw new Error(tool);
  const [program, ...args] = tool.words;
  // Windows' tool takes UTF-16 for what it is only when it is marked as such.
  const bytes = tool.encoding === "utf16le" ? Buffer.from(`\ufeff${text}`, "utf16le") : Buffer.from(text);
  await new Promise<void>((resolve, reject) => {
    // Its output is not waited for: these tools leave a process behind that holds the text.
    const child = spawn(program, args, { env: outside(env), stdio: ["pipe", "ignore", "ignore"] });
    child.once("error", (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} did not take the text: it ended with ${signal ?? `exit code ${code}`}`));
    });
    child.stdin.on("error", () => {});
    child.stdin.end(bytes);
  });
}

function toolFor(env: Environment, platform: NodeJS.Platform): Tool | string {
  const found = toolsFor(env, platform).find(({ words: [program] }) => isThere(program, env));
  return found ?? missing(env, platform);
}

function toolsFor(env: Environment, platform: NodeJS.Platform): readonly Tool[] {
  const plain = (...words: Words): Tool => ({ words, encoding: "utf8" });
  if (platform === "darwin") return [plain("pbcopy")];
  return [
    ...(isSet(env, "WAYLAND_DISPLAY") ? [plain("wl-copy")] : []),
    ...(isSet(env, "DISPLAY") ? [plain("xclip", "-selection", "clipboard"), plain("xsel", "-b", "-i")] : []),
    // In the PATH only where Windows is around us.
    { words: ["clip.exe"], encoding: "utf16le" },
  ];
}

function missing(env: Environment, platform: NodeJS.Platform): string {
  if (platform === "darwin") return "no clipboard: pbcopy is not in the PATH";
  if (isSet(env, "WAYLAND_DISPLAY")) return "no clipboard tool: install wl-clipboard, which has wl-copy";
  if (isSet(env, "DISPLAY")) return "no clipboard tool: install xclip or xsel";
  return "no clipboard here: there is no display (neither WAYLAND_DISPLAY nor DISPLAY is set)";
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? "") !== "";
}
