// How long it takes until something is there: the command itself, the check of a manifest, services that are ready.

import type { Figure } from "./figures.ts";
import { runToEnd, type ServiceText, startLaunch, stampFile, timeNode, writeManifest } from "./launch.ts";
import { type Bench, freePorts, readStamps } from "./machine.ts";

/** `launch --version` against a Node that does nothing, by turns. */
export async function version(bench: Bench, runs: number): Promise<readonly Figure[]> {
  const directory = writeManifest(bench, {});
  const samples = againstNode(runs, directory, () => {
    const { ms, output } = runToEnd(bench, directory, ["--version"]);
    if (!/^\d+\.\d+\.\d+/.test(output)) throw new Error(`launch --version printed ${JSON.stringify(output)}`);
    return ms;
  });
  return [{ name: "`launch --version` against `node -e 0`", samples, unit: "times", goal: { atMost: 1.6 } }];
}

/** `--check-only` of a chain of 50 services with ports against a Node that does nothing, by turns. */
export async function check50(bench: Bench, runs: number): Promise<readonly Figure[]> {
  const services = chain(bench, await freePorts(50), 0);
  const directory = writeManifest(bench, services);
  const samples = againstNode(runs, directory, () => {
    const { ms, output } = runToEnd(bench, directory, ["--check-only"]);
    const missing = Object.keys(services).filter((name) => !output.includes(name));
    if (missing.length > 0) throw new Error(`--check-only does not mention ${missing.join(", ")}`);
    return ms;
  });
  return [{ name: "`--check-only`, chain of 50, against `node -e 0`", samples, unit: "times", goal: { atMost: 4 } }];
}

/** A chain of 10 services, each listening 100 ms after its spawn: from process start to all ready. */
export async function chain10(bench: Bench, runs: number): Promise<readonly Figure[]> {
  const samples = await timeToReady(bench, runs, chain(bench, await freePorts(10), 100));
  return [{ name: "chain of 10 (critical path 1,000 ms), all ready", samples, unit: "ms", goal: { atMost: 1200 } }];
}

/** 20 services that need nothing, each answering HTTP 50 ms after its spawn: from process start to all ready. */
export async function independent20(bench: Bench, runs: number): Promise<readonly Figure[]> {
  const samples = await timeToReady(bench, runs, independent(bench, await freePorts(20)));
  return [{ name: "20 independent, http probe, all ready", samples, unit: "ms", goal: { atMost: 280 } }];
}

/** Services of which each needs the one before it. */
export function chain(bench: Bench, ports: readonly number[], delayMs: number): Readonly<Record<string, ServiceText>> {
  return Object.fromEntries(
    ports.map((port, index) => {
      const needs = index === 0 ? {} : { depends_on: [`s${index - 1}`] };
      return [`s${index}`, { ...listening(bench, `s${index}`, port, delayMs), ...needs }];
    }),
  );
}

/** Services that need nothing, each answering HTTP 50 ms after its spawn. */
export function independent(bench: Bench, ports: readonly number[]): Readonly<Record<string, ServiceText>> {
  return Object.fromEntries(
    ports.map((port, index) => [`s${index}`, { ...listening(bench, `s${index}`, port, 50), ready: { http: "/" } }]),
  );
}

/** A service that listens on its port so many milliseconds after its spawn. */
function listening(bench: Bench, name: string, port: number, delayMs: number): ServiceText {
  return { command: [bench.service, "listen", "${PORT}", String(delayMs)], port, env: { NAME: name } };
}

/** Each sample is one launch against the bare Node before it. */
function againstNode(runs: number, directory: string, measure: () => number): readonly number[] {
  measure();
  return Array.from({ length: runs }, () => {
    const bare = timeNode(["-e", "0"], directory).ms;
    return measure() / bare;
  });
}

/** From just before the spawn of launch to the moment its last "ready" is read; told too early, it throws. */
async function timeToReady(
  bench: Bench,
  runs: number,
  services: Readonly<Record<string, ServiceText>>,
): Promise<readonly number[]> {
  const names = Object.keys(services);
  const samples: number[] = [];
  while (samples.length < runs) {
    await using run = startLaunch(bench, writeManifest(bench, services));
    const readyAt = await run.allAre("ready", names);
    const listening = readStamps(stampFile(run.directory)).filter(({ what }) => what === "listening");
    const lastAt = Math.max(...listening.map(({ at }) => at));
    if (listening.length !== names.length || lastAt > readyAt) throw new Error("ready was told before all listened");
    samples.push(readyAt - run.startedAt);
  }
  return samples;
}
