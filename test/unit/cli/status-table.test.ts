import { expect, test } from "vitest";
import { statusTable } from "../../../src/cli/status-table.ts";
import { newStyle } from "../../../src/cli/terminal.ts";
import { type Member, newFleet } from "../../../src/core/state.ts";
import { rules, service } from "../core/fleet.ts";

/** The row of a service in this state. */
function rowOf(next: Partial<Member>): string {
  const fleet = newFleet([service("api")], rules());
  const api = fleet.members["api"];
  if (api === undefined) throw new Error("There is no api.");
  const members = { api: { ...api, wanted: true, run: 1, ...next } };
  return statusTable({ ...fleet, members }, 5000, newStyle(false), undefined, undefined).split("\n")[1] ?? "";
}

test.each<readonly [Partial<Member>, string]>([
  [
    { state: { status: "started", run: 1, pid: 4711, since: 0 } },
    "api      starting  5s   not ready after 5s; no probe has failed so far",
  ],
  [
    { state: { status: "exited", exit: { code: 0, signal: null } } },
    "api      exited  it ended by itself with success",
  ],
  [
    { state: { status: "failed", failure: { kind: "exit", exit: { code: 3, signal: null } } } },
    "api      failed  ended with exit code 3",
  ],
  [{ wanted: false, state: { status: "idle" } }, "api      idle   was stopped"],
])("the row of %j says its state once", (next, row) => {
  expect(rowOf(next)).toBe(row);
});
