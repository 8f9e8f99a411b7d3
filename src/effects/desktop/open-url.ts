// A page in the person's browser.

import { spawn } from "node:child_process";
import { after } from "../clock.ts";
import { type Environment, isThere, outside, splitWords, type Words } from "./program.ts";

/** A browser that lives so long has begun to open the page, in milliseconds; others say sooner that they cannot. */
const patience = 1000;

/** Opens an http or https URL in the browser, which outlives us; rejects with words when it cannot: first the address, which may be all that there is room for. */
export async function openUrl(
  url: string,
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  if (!isPage(url)) throw new Error(`only http and https addresses are opened, not ${url}`);
  const opener = openerFor(url, env, platform);
  if (typeof opener === "string") throw new Error(opener);
  const [program, ...args] = opener;
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, args, { env: outside(env), detached: true, stdio: "ignore" });
    const timer = after(patience, resolve);
    child.once("error", (error) => {
      timer[Symbol.dispose]();
      reject(new Error(`${url}: ${program} could not be started: ${error.message}`));
    });
    child.once("exit", (code, signal) => {
      timer[Symbol.dispose]();
      if (code === 0) resolve();
      else reject(new Error(`${url}: ${program} ended with ${signal ?? `exit code ${code}`}`));
    });
    child.unref();
  });
}

function isPage(url: string): boolean {
  return URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol);
}

function openerFor(url: string, env: Environment, platform: NodeJS.Platform): Words | string {
  const chosen = splitWords(env["BROWSER"]);
  if (chosen?.[0] === "none") return `${url} is not opened: BROWSER=none`;
  // Several may be named, the first that is there counts; `%s` is where the address goes.
  const named = (env["BROWSER"] ?? "").split(":").flatMap((one) => withUrl(splitWords(one), url));
  const usual: readonly Words[] =
    platform === "darwin"
      ? [["open", url]]
      : [
          ["wslview", url],
          ["xdg-open", url],
        ];
  const found = [...named, ...usual].find(([program]) => isThere(program, env));
  return found ?? `${url}: no browser is found; set BROWSER, or install xdg-utils`;
}

function withUrl(words: Words | undefined, url: string): readonly Words[] {
  if (words === undefined) return [];
  const [program, ...args] = words;
  const given = args.some((arg) => arg.includes("%s"))
    ? args.map((arg) => arg.replaceAll("%s", () => url))
    : [...args, url];
  return [[program, ...given]];
}
