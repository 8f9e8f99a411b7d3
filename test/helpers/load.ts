// Clients that ask again and again, each time by a new connection, and count what becomes of it.

import { get } from "node:http";

/** What has become of the requests so far. */
export interface Counts {
  answered: number;
  /** Nobody listened. */
  refused: number;
  /** Accepted or waiting, and broken off. */
  reset: number;
}

/** Clients at work. */
export interface Load {
  readonly counts: Counts;
  /** Ends them after their last request. */
  end(): Promise<Counts>;
}

/** Starts so many clients of `http://HOST:PORT/`, each with one request at a time. */
export function startLoad(port: number, clients = 10, host = "127.0.0.1"): Load {
  const counts: Counts = { answered: 0, refused: 0, reset: 0 };
  const over = new AbortController();
  const client = async (): Promise<void> => {
    while (!over.signal.aborted) counts[await ask(host, port)]++;
  };
  const all = Array.from({ length: clients }, client);
  return {
    counts,
    async end() {
      over.abort();
      await Promise.all(all);
      return counts;
    },
  };
}

function ask(host: string, port: number): Promise<keyof Counts> {
  return new Promise((resolve) => {
    const request = get({ host, port, agent: false, path: "/" }, (response) => {
      response.resume();
      response.once("end", () => resolve("answered"));
      response.once("error", () => resolve("reset"));
    });
    request.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ECONNREFUSED" ? "refused" : "reset"),
    );
  });
}
