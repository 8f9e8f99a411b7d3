// The http probe: one GET over a fresh connection, the whole exchange within its bound. Redirects are an answer like any
// other and are not followed.

import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { isIP } from "node:net";
import { withoutCredentials } from "../../core/mask.ts";
import { plainText } from "../../core/sanitize.ts";
import type { Probe } from "../../core/service.ts";
import { after, deadline } from "../clock.ts";
import { newPattern } from "../pattern.ts";
import { describeAddress, type HttpTarget, isLoopback } from "./address.ts";
import { codeOf, describeCode, describeConnect, describeSilence, describeTls, isRefusal } from "./connect.ts";
import { readPlainAnswer } from "./http-answer.ts";
import type { Bound, ProbeResult } from "./subject.ts";

/** Which answers count. */
export type Expectation = Pick<Probe & { readonly kind: "http" }, "status" | "headers" | "body">;

/** Body bytes that are read at most. */
const bodyLimit = 64 * 1024;

/** Bytes of headers, as curl bounds them. */
const headerLimit = 300 * 1024;

const tlsAlert = 0x15;

/** How long a body that nobody asked for may take to end by itself, which spares servers a broken pipe. */
const courtesy = 100;

/** Asks the first of the target's addresses that does not refuse the connection. */
export async function probeHttp(
  target: HttpTarget,
  expected: Expectation,
  { within, signal, onAsk }: Bound,
): Promise<ProbeResult> {
  using bound = deadline(within, signal);
  let refused: string | undefined;
  for (const host of target.hosts) {
    const url = describeUrl(target, host);
    onAsk?.(`GET ${url}`);
    try {
      const reason = await exchange(target, host, expected, bound.signal);
      if (reason !== undefined) return { ok: false, reason: `GET ${url} ${reason}` };
      return { ok: true, answered: { host, port: target.port } };
    } catch (error) {
      if (bound.passed) return { ok: false, reason: `GET ${url}: ${describeSilence(within)}` };
      signal.throwIfAborted();
      if (!isRefusal(error)) return { ok: false, reason: `GET ${url}: ${describeTrouble(error)}` };
      refused ??= describeConnect(host, target.port, error);
    }
  }
  return { ok: false, reason: refused ?? "no address to connect to", refused: true };
}

/** Resolves with what the answer lacks, or `undefined` when it is as expected; rejects when there is none. */
async function exchange(
  target: HttpTarget,
  host: string,
  expected: Expectation,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { request } = target.secure ? await import("node:https") : await import("node:http");
  return new Promise((resolve, reject) => {
    const call = request(requestOptions(target, host, expected, signal));
    const received = firstBytes(call);
    call.on("error", (error) => {
      const isCut = codeOf(error) === "ECONNRESET";
      const answer = signal.aborted ? undefined : readPlainAnswer(received(), isCut);
      if (answer !== undefined) return resolve(lackOf(answer.status, answer.body, expected));
      // A TLS alert, where none was spoken.
      if (!target.secure && received()[0] === tlsAlert) return resolve("was answered with TLS: write https://");
      reject(error);
    });
    call.on("upgrade", ({ statusCode = 0 }, socket) => {
      socket.destroy();
      resolve(lackOf(statusCode, "", expected));
    });
    call.on("response", (response) => {
      const { statusCode: status = 0 } = response;
      if (!isAccepted(status, expected.status) || expected.body === undefined) {
        letEnd(call, response);
        return resolve(lackOf(status, "", expected, response.headers.location));
      }
      readBody(response, newPattern(expected.body)).then((text) => {
        call.destroy();
        resolve(lackOf(status, text, expected));
      }, reject);
    });
    call.end();
  });
}

/** What the parser is given, for when it gives up. */
function firstBytes(call: ClientRequest): () => Buffer {
  let bytes = Buffer.alloc(0);
  call.once("socket", (socket) => {
    const keep = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length > bodyLimit) socket.off("data", keep);
    };
    // Before the parser, which ends all with its error.
    socket.prependListener("data", keep);
    call.once("response", () => socket.off("data", keep));
  });
  return () => bytes;
}

function lackOf(
  status: number,
  text: string,
  { status: accepted, body }: Expectation,
  location?: string,
): string | undefined {
  const isRedirect = location !== undefined && status >= 300 && status < 400;
  const to = !isRedirect ? "" : ` (a redirect to ${plainText(withoutCredentials(location))})`;
  if (!isAccepted(status, accepted)) return `answered ${status}${to}`;
  if (body === undefined || newPattern(body).test(text)) return undefined;
  return `answered ${status}${to}, but its body does not match /${body}/`;
}

function requestOptions(
  target: HttpTarget,
  host: string,
  expected: Expectation,
  signal: AbortSignal,
): RequestOptions & { readonly rejectUnauthorized: boolean; readonly servername?: string } {
  const { named, port, path, secure, credentials } = target;
  const isDefault = port === (secure ? 443 : 80);
  const isName = named !== undefined && isIP(named.replace(/^\[|\]$/g, "")) === 0;
  return {
    host,
    port,
    path,
    agent: false,
    signal,
    // What curl takes is an answer: lines that end without a carriage return, many headers.
    insecureHTTPParser: true,
    maxHeaderSize: headerLimit,
    headers: {
      accept: "*/*",
      "user-agent": "launch",
      ...(named !== undefined && { host: isDefault ? named : `${named}:${port}` }),
      ...(credentials !== undefined && { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` }),
      ...lowerCased(expected.headers),
    },
    // A development certificate is signed by nobody, and loopback traffic passes nobody.
    rejectUnauthorized: !isLoopback(host),
    ...(isName ? { servername: named } : {}),
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Reads until the body ends, is long enough, or says what is looked for and then pauses: some bodies never end. */
function readBody(response: IncomingMessage, wanted: RegExp): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  let pause: Disposable | undefined;
  const text = (): string => Buffer.concat(chunks).toString("utf8");
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      pause?.[Symbol.dispose]();
      resolve(text());
    };
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk.subarray(0, bodyLimit - size));
      size += chunk.length;
      if (size >= bodyLimit) return finish();
      pause?.[Symbol.dispose]();
      pause = after(courtesy, () => wanted.test(text()) && finish());
    });
    response.on("end", finish);
    response.on("error", (error) => {
      pause?.[Symbol.dispose]();
      // What has come may do, however it broke off.
      if (wanted.test(text())) finish();
      else reject(error);
    });
  });
}

function letEnd(call: ClientRequest, response: IncomingMessage): void {
  const timer = after(courtesy, () => call.destroy());
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > bodyLimit) call.destroy();
  });
  response.on("error", () => {});
  response.on("close", () => timer[Symbol.dispose]());
}

function isAccepted(status: number, accepted: readonly number[]): boolean {
  return accepted.length === 0 ? status >= 200 && status < 400 : accepted.includes(status);
}

function describeUrl(target: HttpTarget, host: string): string {
  const authority = target.named === undefined ? describeAddress(host, target.port) : `${target.named}:${target.port}`;
  return `${target.secure ? "https" : "http"}://${authority}${target.path}`;
}

function describeTrouble(error: unknown): string {
  const code = codeOf(error);
  if (code.startsWith("HPE_")) return "the answer is not HTTP";
  const tls = describeTls(error);
  if (tls !== undefined) return tls;
  if (code === "ECONNRESET") return "the connection was closed before an answer";
  return describeCode(error);
}
