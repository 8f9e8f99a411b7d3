// Faults 35 and 36: the terminal is closed, and Ctrl-C is typed, once and more often, in every phase.

import { expect } from "vitest";
import { newProject, type Manifest } from "../helpers/project.ts";
import { startTerminal, type Terminal } from "../helpers/terminal.ts";
import { anotherRequest, until } from "../helpers/wait.ts";
import { startListener } from "../integration/ports/strangers.ts";
import { fault } from "./fault.ts";

const deaf = {
  services: {
    deaf: {
      command: "trap 'echo asked' TERM; echo up; while :; do sleep 0.02; done",
      ready: { log: "up" },
      stop: { timeout: "300ms" },
    },
    other: "exec sleep 1000",
  },
} as const;
const never = { services: { slow: { command: "echo here; exec sleep 1000", ready: { log: "never" } } } };

/** A phase of a run, and how a terminal shows that it is reached. */
interface Phase {
  readonly manifest: Manifest;
  readonly reach: (terminal: Terminal) => Promise<void>;
}

/** Only somebody's second Ctrl-C ends it. */
const patient = { services: { ...deaf.services, deaf: { ...deaf.services.deaf, stop: { timeout: "10m" } } } } as const;

const phases: Readonly<Record<"start" | "steady" | "patient" | "stop", Phase>> = {
  start: { manifest: never, reach: (terminal) => terminal.sees("here") },
  steady: { manifest: deaf, reach: (terminal) => terminal.sees("all up after") },
  patient: { manifest: patient, reach: (terminal) => terminal.sees("all up after") },
  stop: {
    manifest: deaf,
    async reach(terminal) {
      await terminal.sees("all up after");
      terminal.type("\u0003");
      await terminal.sees("asked");
    },
  },
};
const faces: readonly (readonly string[])[] = [["--plain"], []];

interface Case {
  readonly phase: keyof typeof phases;
  readonly args: readonly string[];
}

/** Does this in a phase of a face, and sees to it that nothing is left. */
async function when({ phase, args }: Case, act: (terminal: Terminal) => Promise<void>): Promise<void> {
  const { manifest, reach } = phases[phase];
  await using project = newProject(manifest);
  await using terminal = startTerminal(project, args);
  await reach(terminal);
  await act(terminal);
  // What is just ending has a pid and no command any more.
  const left = (): readonly string[] => project.processes().map(({ pid, command }) => `${pid} ${command}`);
  await until(
    "everything to be gone",
    () => left().length === 0,
    () => left().join("\n"),
  );
  expect(terminal.shown()).not.toMatch(/EIO|has a bug|at .*\.cjs/);
}

fault(35, async () => {
  const close = async (terminal: Terminal): Promise<void> => {
    terminal.close();
    await terminal.ended;
  };
  await using stranger = await startListener("127.0.0.1");
  await Promise.all(
    faces.map(async (args) => {
      for (const phase of ["start", "steady", "stop"] as const) await when({ phase, args }, close);
      // While a person is asked.
      await using project = newProject({ services: { api: { command: "serve.js", port: stranger.port } } });
      await using terminal = startTerminal(project, args);
      await terminal.sees(`${stranger.pid}`);
      await close(terminal);
      await until("everything to be gone", () => project.processes().length === 0);
    }),
  );
});

fault(36, async () => {
  const cases = [
    { phase: "start", times: 1 },
    { phase: "start", times: 2 },
    { phase: "steady", times: 1 },
    { phase: "patient", times: 2 },
    { phase: "patient", times: 3 },
  ] as const;
  await Promise.all(
    faces.map(async (args) => {
      for (const { phase, times } of cases) {
        await when({ phase, args }, async (terminal) => {
          for (let n = 0; n < times; n++) {
            if (n > 0) await anotherRequest();
            terminal.type("\u0003");
          }
          const code = await terminal.ended;
          expect([args, phase, times, code]).toEqual([args, phase, times, phase === "start" ? 130 : 0]);
          // What it has set in the terminal it has taken back.
          const shown = terminal.raw();
          expect(shown.lastIndexOf("\x1b[?1049l")).toBeGreaterThanOrEqual(shown.lastIndexOf("\x1b[?1049h"));
        });
      }
    }),
  );
});
