import { createServer, type AddressInfo, type Server } from "node:net";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, test } from "vitest";
import { listenerFor, pollListeners, readListeners, readSocketCount } from "../../../src/effects/ports/sockets.ts";
import { startListener, until } from "./strangers.ts";

async function listen(host = "127.0.0.1"): Promise<{ readonly server: Server; readonly port: number } & Disposable> {
  const server = createServer().listen({ host, port: 0 });
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port, [Symbol.dispose]: () => server.close() };
}

test("a listener is seen with its address, user and socket", async () => {
  await using stranger = await startListener("127.0.0.1");
  const row = (await readListeners()).find((listener) => listener.port === stranger.port);
  expect(row).toMatchObject({ address: "127.0.0.1", family: 4, uid: process.getuid?.() });
  expect(row?.inode).toBeGreaterThan(0);
});

test("more listeners than the kernel prints at once are all seen", async () => {
  const servers = await Promise.all(
    Array.from({ length: 120 }, (_, index) => listen(index % 2 === 0 ? "127.0.0.1" : "::")),
  );
  const rows = await readListeners();
  for (const { port } of servers) expect(rows.filter((row) => row.port === port)).toHaveLength(1);
  for (const server of servers) server[Symbol.dispose]();
});

test("a caller never gets a table that was read before it asked, and callers that wait together share one", async () => {
  const early = readListeners();
  // Without a host it listens at once, while the first read is under way.
  const server = createServer().listen(0);
  const { port } = server.address() as AddressInfo;
  const late = [readListeners(), readListeners()];
  const [one, two] = await Promise.all(late);
  expect(one).not.toBe(await early);
  expect(two).toBe(one);
  expect(listenerFor(one ?? [], port)).toBeDefined();
  server.close();
});

test.runIf(process.platform === "linux")(
  "a poller reads again when the number of sockets changes, and after 100 ms in any case",
  async () => {
    // Other tests listen meanwhile, so the same count is waited for.
    await until(async () => {
      const before = readSocketCount();
      const [first, second] = [await pollListeners(), await pollListeners()];
      return before === readSocketCount() && first === second;
    });
    using server = await listen();
    await until(async () => listenerFor(await pollListeners(), server.port) !== undefined);
    const rows = await pollListeners();
    await until(async () => (await pollListeners()) !== rows);
  },
);

test("a UDP socket that takes from anybody is seen, and one that is connected is not", async () => {
  const [open, connected] = [createSocket("udp4"), createSocket("udp4")];
  open.bind(0, "127.0.0.1");
  await once(open, "listening");
  connected.connect(open.address().port, "127.0.0.1");
  await once(connected, "connect");
  const rows = await readListeners("udp");
  const on = (port: number): unknown[] => rows.filter((row) => row.port === port);
  expect(on(open.address().port)).toMatchObject([{ transport: "udp", address: "127.0.0.1" }]);
  expect(on(connected.address().port)).toEqual([]);
  expect((await pollListeners("udp")).some(({ port }) => port === open.address().port)).toBe(true);
  expect((await readListeners()).some(({ transport }) => transport === "udp")).toBe(false);
  open.close();
  connected.close();
});
