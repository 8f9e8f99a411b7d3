// A port that is contested, and the terminal in which a person is asked about it.

import { newProject, type TestProject } from "./project.ts";
import { ctrlC, startTerminal, type Terminal } from "./terminal.ts";
import { freePorts, startListener, type Stranger } from "../integration/ports/strangers.ts";

/** A project whose `api` wants a port that a stranger has, and the terminal that asks about it. */
export async function startContested(): Promise<
  AsyncDisposable & {
    readonly port: number;
    readonly stranger: Stranger;
    readonly project: TestProject;
    readonly terminal: Terminal;
  }
> {
  const things = new AsyncDisposableStack();
  const stranger = things.use(await startListener("127.0.0.1"));
  const { port } = stranger;
  // A pool of its own: what is offered stays free while the question stands.
  const [from] = await freePorts(4);
  const services = { api: { command: "serve.js", port } };
  const project = things.use(newProject({ services, port_pool: { range: `${from}-${from! + 3}` } }));
  const terminal = things.use(startTerminal(project));
  return { port, stranger, project, terminal, [Symbol.asyncDispose]: () => things.disposeAsync() };
}

/** Types Ctrl-C; gives the exit code. */
export async function endByCtrlC(terminal: Terminal): Promise<number> {
  terminal.type(ctrlC);
  return terminal.ended;
}
