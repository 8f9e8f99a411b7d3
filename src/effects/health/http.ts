// The http probe: one GET over a fresh connection, the whole exchange within its bound. Redirects are an answer like any
// other and are not followed.

import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { isIP } from "node:net";
import type { Probe } from "../../core/service.ts";
import { after, deadline } from "../clock.ts";
import { newPattern } from "../pattern.ts";
import { describeAddress, type HttpTarget, isLoopback } from "./address.ts";
import { codeOf, describeCode, describeConnect, describeSilence, isRefusal } from "./connect.ts";
import type { Bound, ProbeResult } from "./subject.ts";

/** Which answers count. */
export type Expectation = Pick<Probe & { readonly kind: "http" }, "status" | "headers" | "body">;

/** Body bytes that are read at most. */
const bodyLimit = 64 * 1024;

/** How long a body that nobody asked for may take to end by itself, which spares servers a broken pipe. */
const courtesy = 100;

/** Asks the first of the target's addresses that does not refuse the connection. */
export async function probeHttp(
  target: HttpTarget,
  expected: Expectation,
  { within, signal }: Bound,
): Promise<ProbeResult> {
  using bound = deadline(within, signal);
  let refused: string | undefined;
  for (const host of target.hosts) {
    const url = describeUrl(target, host);
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
  return { ok: false, reason: refused ?? "no address to connect to" };
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
    call.on("error", reject);
    call.on("response", (response) => {
      const { statusCode: status = 0 } = response;
      if (!isAccepted(status, expected.status)) {
        letEnd(call, response);
        return resolve(`answered ${status}`);
      }
      if (expected.body === undefined) {
        letEnd(call, response);
        return resolve(undefined);
      }
      const { body } = expected;
      readBody(response).then((text) => {
        call.destroy();
        resolve(newPattern(body).test(text) ? undefined : `answered ${status}, but its body does not match /${body}/`);
      }, reject);
    });
    call.end();
  });
}

function requestOptions(
  target: HttpTarget,
  host: string,
  expected: Expectation,
  signal: AbortSignal,
): RequestOptions & { readonly rejectUnauthorized: boolean; readonly servername?: string } {
  const { named, port, path } = target;
  const isName = named !== undefined && isIP(named.replace(/^\[|\]$/g, "")) === 0;
  return {
    host,
    port,
    path,
    agent: false,
    signal,
    headers: {
      accept: "*/*",
      "user-agent": "launch",
      ...(named === undefined ? {} : { host: `${named}:${port}` }),
      ...expected.headers,
    },
    // A development certificate is signed by nobody, and loopback traffic passes nobody.
    rejectUnauthorized: !isLoopback(host),
    ...(isName ? { servername: named } : {}),
  };
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = chunk as Buffer;
    chunks.push(bytes.subarray(0, bodyLimit - size));
    size += bytes.length;
    if (size >= bodyLimit) break;
  }
  return Buffer.concat(chunks).toString("utf8");
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
  if (code === "EPROTO" || code.startsWith("ERR_SSL")) return "the answer is not TLS";
  if (code === "ECONNRESET") return "the connection was closed before an answer";
  return describeCode(error);
}
