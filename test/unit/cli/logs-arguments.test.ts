import { expect, it } from "vitest";
import { withFollow } from "../../../src/cli/logs/arguments.ts";

it.each([
  ["logs -f", "logs --follow"],
  ["logs api -f -n 5", "logs api --follow -n 5"],
  ["logs -fn 5", "logs --follow -n 5"],
  ["logs -qf", "logs --follow -q"],
  ["-f my.yaml logs -f", "-f my.yaml logs --follow"],
  ["-C logs -f my.yaml", "-C logs -f my.yaml"],
  ["up logs -f my.yaml", "up logs -f my.yaml"],
  ["logs -Cfar", "logs -Cfar"],
  ["logs --file my.yaml", "logs --file my.yaml"],
])("%s", (typed, meant) => {
  expect(withFollow(typed.split(" ")).join(" ")).toBe(meant);
});
