import { expect, it } from "vitest";
import { arrange } from "../../../src/cli/arrange.ts";
import { commands } from "../../../src/cli/commands.ts";

it.each([
  ["logs -f", "logs --follow"],
  ["logs api -f -n 5", "logs api --follow -n 5"],
  ["logs -fn 5", "logs --follow -n 5"],
  ["logs -qf", "logs --follow -q"],
  ["-f my.yaml logs -f", "logs -f my.yaml --follow"],
  ["-C logs -f my.yaml", "-C logs -f my.yaml"],
  ["up logs -f my.yaml", "up logs -f my.yaml"],
  ["logs -Cfar", "logs -Cfar"],
  ["logs --file my.yaml", "logs --file my.yaml"],
  ["--non-interactive run api -- true", "run --non-interactive api -- true"],
  ["-qC there --timeout 5s run -- up", "run -qC there --timeout 5s -- up"],
  ["--yes kill :80", "kill --yes :80"],
  ["--timeout=5s --profile up status", "status --timeout=5s --profile up"],
  ["-Cup status", "status -Cup"],
  ["-n 5 --level warn logs", "logs -n 5 --level warn"],
  ["api logs", "api logs"],
  ["-- run true", "-- run true"],
  ["--check-only api", "--check-only api"],
])("%s", (typed, meant) => {
  expect(arrange(typed.split(" "), commands).join(" ")).toBe(meant);
});
