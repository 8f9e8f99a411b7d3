// Servers that take a listening socket on descriptor 3, answer every request with `ok`, and write their pid into the file `pid` when they are up.

import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Writes or builds the server of this kind into a directory and gives its command there; undefined where it cannot be had, and then says why on stderr. */
export function prepareServer(kind: "Node" | "uvicorn" | "Go", directory: string): readonly string[] | undefined {
  switch (kind) {
    case "Node":
      return prepareNode(directory);
    case "uvicorn":
      return prepareUvicorn(directory);
    case "Go":
      return prepareGo(directory);
  }
}

const nodeServer = `
const { createServer } = require("node:http");
const { writeFileSync } = require("node:fs");
const server = createServer((_, response) => response.end("ok\\n"));
server.listen({ fd: 3 }, () => writeFileSync("pid", String(process.pid)));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

function prepareNode(directory: string): readonly string[] {
  writeFileSync(join(directory, "server.cjs"), nodeServer);
  return [process.execPath, "server.cjs"];
}

const uvicornServer = `
import os

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        with open("pid", "w") as file:
            file.write(str(os.getpid()))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
    await send({"type": "http.response.body", "body": b"ok\\n"})
`;

function prepareUvicorn(directory: string): readonly string[] | undefined {
  const home = join(tmpdir(), "launch-bench-uvicorn");
  const program = join(home, "bin/uvicorn");
  if (!existsSync(program)) {
    const made =
      isDone("python3", ["-m", "venv", home]) && isDone(join(home, "bin/pip"), ["install", "--quiet", "uvicorn"]);
    if (!made) return missing("uvicorn", "it cannot be installed");
  }
  writeFileSync(join(directory, "app.py"), uvicornServer);
  return [program, "app:app", "--fd", "3", "--no-access-log"];
}

const goServer = `package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

func main() {
	listener, err := net.FileListener(os.NewFile(3, "socket"))
	if err != nil {
		panic(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok\\n")) })}
	over := make(chan os.Signal, 1)
	signal.Notify(over, syscall.SIGTERM)
	done := make(chan bool)
	go func() { <-over; server.Shutdown(context.Background()); close(done) }()
	os.WriteFile("pid", []byte(strconv.Itoa(os.Getpid())), 0o644)
	server.Serve(listener)
	<-done
}
`;

function prepareGo(directory: string): readonly string[] | undefined {
  writeFileSync(join(directory, "server.go"), goServer);
  const program = join(directory, "server");
  if (!isDone("go", ["build", "-o", program, join(directory, "server.go")])) return missing("Go", "it cannot be built");
  return [program];
}

function isDone(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: ["ignore", "inherit", "inherit"], timeout: 180_000 }).status === 0;
}

function missing(name: string, why: string): undefined {
  console.error(`  ${name} is not measured: ${why}`);
  return undefined;
}
