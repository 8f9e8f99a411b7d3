// A service's terminal, joined over the control socket.

import { expect, test } from "vitest";
import { dialAttachment } from "../../../src/client/session.ts";
import { newProject } from "../../helpers/project.ts";
import { until } from "../../helpers/wait.ts";
import { serve } from "./serving.ts";

const shell = {
  services: {
    shell: { command: "exec sh -i", tty: true, restart: "no", stop: { signal: "SIGHUP" } },
    plain: { command: "sleep 1000" },
  },
};
const size = { columns: 90, rows: 30 };

test("what is typed arrives, what is shown comes back, and the service goes on when it is left", async () => {
  await using project = newProject(shell);
  await using serving = await serve(project);
  await serving.run.events.state("shell", "ready");
  await using face = await serving.dial();
  const terminal = await dialAttachment(serving.directory, "shell", size);
  let shown = "";
  terminal.onData((data) => (shown += data.toString()));
  terminal.write(Buffer.from("echo wo''rks; stty size\n"));
  await until(
    "the answer",
    () => shown.includes("works") && shown.includes("30 90"),
    () => shown,
  );
  terminal.resize({ columns: 70, rows: 20 });
  terminal.write(Buffer.from("stty size\n"));
  await until(
    "the new size",
    () => shown.includes("20 70"),
    () => shown,
  );
  terminal[Symbol.dispose]();
  await terminal.closed;

  const again = await dialAttachment(serving.directory, "shell", size);
  let later = "";
  again.onData((data) => (later += data.toString()));
  await until(
    "what stood there",
    () => later.includes("works"),
    () => later,
  );
  again.write(Buffer.from("exit\n"));
  await again.closed;
  await until("the service to end", () => face.snapshot().members["shell"]?.state.status === "exited");
});

test("a terminal that is not there is refused with words", async () => {
  await using project = newProject(shell);
  await using serving = await serve(project);
  await serving.run.events.state("plain", "ready");
  await expect(dialAttachment(serving.directory, "plain", size)).rejects.toThrow("tty: true");
  await expect(dialAttachment(serving.directory, "nobody", size)).rejects.toThrow("No service of this run");
  await expect(dialAttachment(project.path("nowhere"), "shell", size)).rejects.toThrow("Nobody answers");
});

test("a connection that carries a terminal tells no entries, and ends with the run", async () => {
  await using project = newProject(shell);
  await using serving = await serve(project);
  await serving.run.events.state("shell", "ready");
  await using face = await serving.dial();
  expect(serving.listeners).toBe(1);
  const terminal = await face.attach("shell", size);
  expect(serving.listeners).toBe(0);
  await expect(face.attach("shell", size)).rejects.toThrow("carries a terminal already");
  await serving.run.stop();
  await terminal.closed;
});
