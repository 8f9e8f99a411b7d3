// Real processes for the tests to find: each says one line when it is there, and ends when it is disposed of.

import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

/** A process that has said its first line. */
export interface Stranger extends AsyncDisposable {
  readonly pid: number;
  readonly line: string;
  readonly child: ChildProcess;
  /** Writes a line to it and answers with its next one. */
  ask(line: string): Promise<string>;
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** Runs a program until disposed of; resolves when it has said its first line. */
export async function startStranger(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<Stranger> {
  const child = spawn(command, args, { ...options, stdio: ["pipe", "pipe", "inherit"] });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) throw new Error(`${command} said nothing`);
  const end = async (signal: NodeJS.Signals = "SIGKILL"): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  return {
    pid: child.pid!,
    line: first.value,
    child,
    async ask(line) {
      child.stdin.write(`${line}\n`);
      return (await lines.next()).value as string;
    },
    end,
    [Symbol.asyncDispose]: () => end(),
  };
}

/** Runs a script of Node's, as an ES module. */
export async function startNode(script: string, options?: SpawnOptions): Promise<Stranger> {
  return startStranger(process.execPath, ["--input-type=module", "-e", script], options);
}

/** A program that listens on the address; its line is the port. */
export async function startListener(
  host: string,
  port = 0,
  options?: SpawnOptions,
): Promise<Stranger & { readonly port: number }> {
  const script = `
    import { createServer } from "node:net";
    const server = createServer().listen({ host: ${JSON.stringify(host)}, port: ${port}, ipv6Only: ${host === "::1"} }, () => console.log(server.address().port));`;
  const stranger = await startNode(script, options);
  return { ...stranger, port: Number(stranger.line) };
}

// Below the ports that the system gives to clients and to whoever asks for any, so that no other test gets one in between.
let lastPort = 20_000 + Math.floor(Math.random() * 10_000);

/** A port that nobody has on any address at this moment; never the same twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = ++lastPort;
    const server = createServer().listen({ port, exclusive: true });
    const isFree = await Promise.race([
      once(server, "listening").then(() => true),
      once(server, "error").then(() => false),
    ]).catch(() => false);
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** Several different ports that nobody has at this moment. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

/** Waits until the condition holds, for at most five seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 5000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error("waited five seconds in vain");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
