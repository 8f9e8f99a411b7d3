// What goes wrong on the way to an address, in words, and whether the next address is worth a try.

import { describeMillis } from "../../core/failure.ts";
import type { Millis, Port } from "../../core/service.ts";
import { describeAddress } from "./address.ts";

/** True when nothing listens at the address, so that the service may be at the next one. */
export function isRefusal(error: unknown): boolean {
  return refusals.has(codeOf(error));
}

/** `connect 127.0.0.1:4000: connection refused`. */
export function describeConnect(host: string, port: Port, error: unknown): string {
  return `connect ${describeAddress(host, port)}: ${describeCode(error)}`;
}

/** `connection reset`, or the system's own message where we have no word for it. */
export function describeCode(error: unknown): string {
  return words[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}

/** Why no TLS connection came about; undefined when it was something else. */
export function describeTls(error: unknown): string | undefined {
  const { message = "" } = error instanceof Error ? error : {};
  const code = codeOf(error);
  if (!/SSL routines|certificate/.test(message) && !/^ERR_(?:SSL|TLS)/.test(code)) return undefined;
  const reason = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message.split(";")[0] ?? code;
  const isOther = /wrong version number|packet length too long|http request|record layer failure/.test(reason);
  return isOther ? "the answer is not TLS" : `TLS: ${reason}`;
}

/** `no answer within 5s`. */
export function describeSilence(within: Millis): string {
  return `no answer within ${describeMillis(within)}`;
}

/** The error's code, or nothing. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

const refusals = new Set(["ECONNREFUSED", "EADDRNOTAVAIL", "ENETUNREACH", "EHOSTUNREACH", "EAFNOSUPPORT"]);

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EADDRNOTAVAIL: "address not available",
  ENETUNREACH: "network unreachable",
  EHOSTUNREACH: "host unreachable",
  ENOTFOUND: "host not found",
  EPIPE: "connection closed",
  EMFILE: "too many open files in launch itself",
};
