// Sockets that listen although nobody of ours ever accepts: a server of Node's would take the connections that are meant for
// the service. So a short-lived child makes them listen, which is a property of the socket and not of who asked for it.

import { spawn } from "node:child_process";
import { environmentOfOwn } from "../processes/inheritance.ts";
import { coverMasters } from "../processes/masters.ts";

/** Connections that wait while nobody accepts; the system may allow fewer (`net.core.somaxconn`). */
const backlog = 511;

const perl = `for my $i (0..$ARGV[0]-1) { my $s; open($s, "+<&=", $i+3) && listen($s, ${backlog}) or print "$i\\n" } print "done\\n"`;

// Perl is there in 3 ms, Node in 25.
const node = `const { createServer } = require("node:net");
let left = Number(process.argv[1]);
const over = () => { if (--left === 0) { console.log("done"); process.exit(); } };
for (let i = 0; i < Number(process.argv[1]); i++) {
  createServer().on("error", () => { console.log(i); over(); }).listen({ fd: i + 3, backlog: ${backlog} }, over);
}`;

/** Makes bound sockets listen; answers those of them that cannot, because somebody else listens there by now. */
export async function startListening(fds: readonly number[]): Promise<ReadonlySet<number>> {
  if (fds.length === 0) return new Set();
  const count = String(fds.length);
  const refused =
    (await refusedBy("perl", ["-e", perl, count], fds)) ??
    (await refusedBy(process.execPath, ["-e", node, count], fds));
  return refused ?? new Set(fds);
}

/** The sockets that the helper could not make listen; undefined when the helper itself could not run. */
function refusedBy(
  program: string,
  args: readonly string[],
  fds: readonly number[],
): Promise<ReadonlySet<number> | undefined> {
  return new Promise((resolve) => {
    const stdio = ["ignore" as const, "pipe" as const, "ignore" as const, ...fds];
    const child = spawn(program, args, {
      env: environmentOfOwn(),
      stdio: [...stdio, ...coverMasters(fds[0] ?? 0).slice(fds.length)],
    });
    let said = "";
    child.on("error", () => resolve(undefined));
    child.stdout?.on("data", (data: Buffer) => (said += data.toString("latin1")));
    child.once("close", () => {
      const lines = said.trim().split("\n");
      if (lines.pop() !== "done") return resolve(undefined);
      resolve(new Set(lines.flatMap((line) => fds[Number(line)] ?? [])));
    });
  });
}
