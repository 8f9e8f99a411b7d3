import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Real processes are mostly waited for: two files more than there are processors take 225 s together where one less takes 400.
const maxWorkers = availableParallelism() + 2;

// `unit` is pure and needs no build; `integration` runs real processes; `e2e` runs the built bin; `faults` breaks things on purpose.
export default defineConfig({
  test: {
    projects: [
      // Pure tests disturb nobody, so they share their imports.
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          // They wait for nothing; on a busy machine the longest of them still takes its time.
          testTimeout: 30_000,
          isolate: false,
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          maxWorkers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/helpers/build.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "faults",
          include: ["test/faults/*.test.ts"],
          globalSetup: ["test/helpers/build.ts", "test/faults/left-out.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
