// The machine in a few words, for whoever compares figures.

import { cpus, loadavg, release, totalmem } from "node:os";

/** Processor, memory, system, Node, and how busy it was at that moment. */
export function describeMachine(): readonly string[] {
  return [
    `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores`,
    `${Math.round(totalmem() / 2 ** 30)} GB`,
    `Linux ${release()}`,
    `Node ${process.version}`,
    `load ${loadavg()[0]?.toFixed(2)} before`,
  ];
}
