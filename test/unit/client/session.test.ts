// How a face begins: the first words of whoever is at the other end.

import { duplexPair } from "node:stream";
import { expect, it } from "vitest";
import { connectSession, EngineGoneError, type RemoteSession } from "../../../src/client/session.ts";
import { type FromEngine, type Hello, protocolVersion } from "../../../src/control/protocol.ts";
import { helloOf } from "../../../src/control/tell.ts";
import { encode } from "../../../src/control/wire.ts";
import { newFleet } from "../../../src/core/state.ts";
import { rules, service } from "../core/fleet.ts";

const about: Hello["about"] = {
  version: "1.2.3",
  pid: 4711,
  project: "shop",
  root: "/shop",
  instance: "default",
  logs: "/shop/.launch/logs",
  logStarts: {},
  startedAt: 0,
  warnings: [],
};
const hello = helloOf(about, 0, newFleet([service("api")], rules()), []);

/** What connecting comes to with an engine that says this and then, unless it `stays`, goes. */
function connectTo(words: readonly object[], stays = false): Promise<RemoteSession> {
  const [ours, theirs] = duplexPair();
  const connecting = connectSession(ours);
  for (const message of words) theirs.write(encode(message));
  if (!stays) theirs.end();
  return connecting;
}

it.each<[string, FromEngine | object, string]>([
  ["that is just ending", { type: "bye" }, "The run is just ending."],
  ["that takes nobody", { type: "refusal", message: "This run is full." }, "This run is full."],
  ["that is none", { type: "entry" }, "Whoever answers there is no engine of launch."],
  [
    "of another version",
    { ...hello, protocol: protocolVersion + 1 },
    `The run of shop (pid 4711) is of launch 1.2.3, which speaks protocol ${protocolVersion + 1} where this launch has ${protocolVersion}. Stop it by that version, or by a signal to its pid.`,
  ],
])("an engine %s gives no session, and it is said why", async (_, words, message) => {
  await expect(connectTo([words])).rejects.toThrow(message);
  await expect(connectTo([words], true)).rejects.toThrow(message);
});

it("an engine that goes before it has said anything is told from all others", async () => {
  await expect(connectTo([])).rejects.toThrow(EngineGoneError);
});

it("a session begins with the first words and ends with the connection", async () => {
  const session = await connectTo([hello]);
  expect(Object.keys(session.snapshot().members)).toEqual(["api"]);
  expect(session.about).toEqual(about);
  expect(await session.closed).toBeUndefined();
});

it("what follows the first words is heard", async () => {
  const session = await connectTo([hello, { type: "bye", outcome: { kind: "done" } }]);
  expect(await session.closed).toEqual({ kind: "done" });
});
