// What every probe is given, and what it answers.

import type { Millis, Port, Service } from "../../core/service.ts";
import type { OwnSocket } from "../../core/elsewhere.ts";
import type { Leader } from "../ports/ownership.ts";
import type { Listener } from "../ports/sockets.ts";
import type { LineBatch } from "../logs/lines.ts";
import type { Sign } from "./sign.ts";
import type { Ports } from "./address.ts";

/** What answered: an address that was connected to, or a socket that was seen. */
export interface Answered {
  readonly host: string;
  readonly port: Port;
  /** The listening socket, where the probe has seen it. */
  readonly inode?: number;
}

/** The answer to one probe; the reason is a short sentence without a final stop. */
export type ProbeResult =
  | { readonly ok: true; readonly answered?: Answered }
  /** `refused`: there was nobody to ask. */
  | { readonly ok: false; readonly reason: string; readonly refused?: true };

/** The system's sockets, as far as probes look at them. */
export interface Sockets {
  /** Fresh rows of the table of one protocol, TCP when not given. */
  readonly read: (transport?: "udp") => Promise<readonly Listener[]>;
  /** The same, cheap and up to 100 ms old while nothing has changed: for polling. */
  readonly poll: (transport?: "udp") => Promise<readonly Listener[]>;
  /** Changes when a socket starts to listen; `undefined` where the system does not count. */
  readonly count: () => string | undefined;
  /** What the service's own processes listen on, and their UDP ports. */
  readonly own: (leader: Leader, marker: string) => Promise<readonly OwnSocket[]>;
  readonly owns: (leader: Leader, inode: number, marker: string) => Promise<"yes" | "no" | "unknown">;
}

/** One run of a service, as probes see it. */
export interface Subject {
  readonly service: Service;
  readonly ports: Ports;
  /** The whole environment of the service's own processes; exec probes get the same. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Absent for a service that runs elsewhere: then nothing can be said about who answers. */
  readonly leader?: Leader;
  /** What `LAUNCH_RUN` holds in the service's environment. */
  readonly marker: string;
  /** What a log probe has seen of this run; needed for log probes only. */
  readonly log?: LogMatch;
  /** Given once the service has said that it is ready; needed for `notify` only. */
  readonly word?: Sign;
  readonly sockets: Sockets;
}

/** How long one probe may take as a whole, and what ends it earlier. */
export interface Bound {
  readonly within: Millis;
  readonly signal: AbortSignal;
  /** Told what is asked, as soon as it is: `GET http://…`. */
  readonly onAsk?: (question: string) => void;
}

/** A pattern on its way through the output of one run. */
export interface LogMatch {
  /** Looks through a batch; does nothing once it was found as often as wanted. */
  readonly see: (batch: LineBatch) => void;
  /** How many lines it was found in so far. */
  readonly matched: () => number;
  readonly found: Sign;
}
