// What servers really answer, and what is made of it: as curl does.

import { once } from "node:events";
import { createServer as createTlsServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import type { Probe } from "../../../src/core/service.ts";
import { runProbe } from "../../../src/effects/health/probe.ts";
import type { ProbeResult } from "../../../src/effects/health/subject.ts";
import { freePort, http, serveHttp, serveTcp, subject } from "./subjects.ts";

function ask(port: number, probe: Probe, within = 5000): Promise<ProbeResult> {
  return runProbe(probe, subject(port), { within, signal: new AbortController().signal });
}

/** What is said of a server that answers with these bytes, and closes. */
async function said(answer: string, probe = http("/")): Promise<string> {
  await using server = await serveTcp((socket) => socket.once("data", () => socket.end(Buffer.from(answer, "latin1"))));
  const result = await ask(server.port, probe);
  return result.ok ? "ok" : result.reason.replace(/^GET \S+ /, "");
}

const headers = (count: number): string => "X-Header: a value of some length\r\n".repeat(count);

describe("an answer counts", () => {
  test.each([
    ["whose lines end with line feeds", "HTTP/1.1 200 OK\nContent-Type: text/plain\n\nok\n"],
    ["without a reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"],
    ["without a reason, with line feeds", "HTTP/1.1 200\n\nok"],
    ["of HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nok"],
    ["behind provisional ones", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\nok"],
    ["with 190 KiB of headers", `HTTP/1.1 200 OK\r\n${headers(6000)}\r\nok`],
    ["with a folded header", "HTTP/1.1 200 OK\r\nX-A: b\r\n  more\r\nContent-Length: 2\r\n\r\nok"],
    ["with a blank before a colon", "HTTP/1.1 200 OK\r\nX-A : b\r\n\r\nok"],
    ["that says its length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"],
    ["with more blanks than one before its status", "HTTP/1.1  200 OK\r\n\r\nok"],
    ["of HTTP/2, in the words of HTTP/1", "HTTP/2 200\r\n\r\nok"],
    ["that is over within its headers", "HTTP/1.1 200 OK\r\nContent-Ty"],
    ["that is no more than a status", "HTTP/1.1 200 OK\r\n"],
    ["with bytes that are no ASCII", "HTTP/1.1 200 \xd6K\r\nX-A: \xf6\r\n\r\nok"],
    ["that is shorter than it says", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok"],
  ])("%s", async (_, answer) => {
    expect(await said(answer)).toBe("ok");
    expect(await said(answer.replace("200", "503"))).toBe("answered 503");
  });

  test("when its body says what is looked for, though the body never ends", async () => {
    await using server = await serveHttp((_, response) => void response.write("event: up\n\n"));
    expect(await ask(server.port, http("/", { body: "up$" }), 300)).toMatchObject({ ok: false });
    expect(await ask(server.port, http("/", { body: "^event: up" }), 60_000)).toMatchObject({ ok: true });
  });

  test("when its body says so where a strict parser has given up", async () => {
    const answer = "HTTP/1.1 200 OK\r\nX-A : b\r\n\r\nall is well";
    expect(await said(answer, http("/", { body: "well$" }))).toBe("ok");
    expect(await said(answer, http("/", { body: "ill$" }))).toBe("answered 200, but its body does not match /ill$/");
  });

  test("whose body comes in chunks that end with line feeds", async () => {
    const answer = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nall\n5\n well\n0\n\n";
    expect(await said(answer, http("/", { body: "^all well$" }))).toBe("ok");
  });

  test("that switches protocols, if that was asked for", async () => {
    const answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n";
    expect(await said(answer, http("/", { status: [101] }))).toBe("ok");
    expect(await said(answer)).toBe("answered 101");
  });
});

describe("what is no answer is said", () => {
  test.each([
    ["the answer is not HTTP", "<html>hello</html>\n"],
    ["the answer is not HTTP", "HTTP/1.1 200 OK\r\nno header\r\n\r\nok"],
    ["the answer is not HTTP", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"],
    ["the answer is not HTTP", "HTTP/1.1 2000 OK\r\n\r\nok"],
    ["the connection was closed before an answer", ""],
    ["the connection was closed before an answer", "HTT"],
    ["was answered with TLS: write https://", "\x15\x03\x01\x00\x02\x02\x46"],
  ])("%s", async (words, answer) => {
    expect(await said(answer)).toBe(words);
  });

  test("with where a redirect leads, without the password in it", async () => {
    const answer = "HTTP/1.1 302 Found\r\nLocation: http://u:secret@login.test/\r\n\r\n";
    const words = await said(answer, http("/", { status: [200] }));
    expect(words).toBe("answered 302 (a redirect to http://…@login.test/)");
  });

  test("with what TLS has said", async () => {
    await using plain = await serveHttp((_, response) => response.end());
    const strict = createTlsServer({ minVersion: "TLSv1.2" }, () => {});
    strict.listen(0, "127.0.0.1");
    await once(strict, "listening");
    const words = async (port: number): Promise<string> => {
      const result = await ask(port, http(`https://127.0.0.1:${port}/`));
      return result.ok ? "ok" : result.reason.replace(/^GET \S+ /, "");
    };
    expect(await words(plain.port)).toBe("the answer is not TLS");
    // It has no certificate to offer.
    expect(await words((strict.address() as AddressInfo).port)).toMatch(/^TLS: .*handshake failure$/);
    strict.close();
  });
});

describe("user and password of a URL", () => {
  test.each([
    ["u:p", "u:p"],
    ["a%40b:p%3Aw%2F%C3%B6", "a@b:p:w/ö"],
    ["u", "u:"],
    [":p", ":p"],
    ["u:50%", "u:50%"],
  ])("are sent: %s", async (written, meant) => {
    let sent: string | undefined;
    await using server = await serveHttp((request, response) => {
      sent = request.headers.authorization;
      response.writeHead(401).end();
    });
    const result = await ask(server.port, http(`http://${written}@127.0.0.1:${server.port}/x`));
    expect(sent).toBe(`Basic ${Buffer.from(meant).toString("base64")}`);
    expect(result).toEqual({ ok: false, reason: `GET http://127.0.0.1:${server.port}/x answered 401` });
  });

  test("give way to a header of one's own", async () => {
    let sent: string | undefined;
    await using server = await serveHttp((request, response) => {
      sent = request.headers.authorization;
      response.end();
    });
    await ask(server.port, http(`http://u:p@127.0.0.1:${server.port}/`, { headers: { Authorization: "Bearer x" } }));
    expect(sent).toBe("Bearer x");
  });

  test("are not said, not even of a URL that is none", async () => {
    const port = await freePort();
    for (const url of [
      `http://u:sec/ret@127.0.0.1:${port}/`,
      "https://u:secret@/",
      `http://u:secret@127.0.0.1:${port}/`,
    ]) {
      const result = await ask(port, http(url));
      expect(result.ok).toBe(false);
      expect(JSON.stringify(result)).not.toMatch(/sec|ret@/);
    }
  });
});
