// The lines of several services in the order of time: one stream each, of which the one goes on whose next lines are oldest.

import { type Chain, extendChain, openChain } from "../../effects/logs/chain.ts";
import { type LineFilter, newLineFilter, type Wanted } from "../../effects/logs/filter.ts";
import { filterAt, lastLines, type LastLines, placeSince } from "../../effects/logs/last.ts";
import { linesOf } from "../../effects/logs/lines.ts";
import { type LastLine, type LineStream, streamLines, type TimedLines } from "../../effects/logs/stream.ts";
import type { ShownLines } from "./print.ts";

/** Which lines of which services. */
export interface LinesAsked {
  readonly directory: string;
  readonly services: readonly string[];
  readonly wanted: Wanted;
  /** Wall-clock milliseconds before which nothing is shown. */
  readonly since: number | undefined;
  /** The last so many, of all services together. */
  readonly count: number;
}

/** Lines that are read as they are asked for. */
export interface MergedLines extends Disposable {
  /** What comes next; undefined at the present end. */
  next(last: LastLine): ShownLines | undefined;
  /** True while a last line without an end waits to be shown. */
  isOpen(): boolean;
  /** Goes on with what the service writes by now: a new log in place of the old one, or its first. */
  refresh(service: string): void;
}

interface Reading {
  readonly service: string;
  readonly chain: Chain;
  readonly stream: LineStream;
  readonly filter: LineFilter;
  next: TimedLines | undefined;
  /** True: the line that goes on is before those that were asked for. */
  skipped: boolean;
}

/** Opens the logs; nothing is read further than needed. */
export function openLines({ directory, services, wanted, since, count }: LinesAsked): MergedLines {
  const readings: Reading[] = [];
  let skip = 0;

  const add = (service: string, from: LastLines | undefined, chain: Chain): void => {
    const place = from?.place ?? { segment: 0, offset: 0 };
    const segment = chain[place.segment];
    const filter = segment === undefined ? newLineFilter(wanted) : filterAt(segment, place.offset, wanted);
    const stream = streamLines(chain, place, from?.continued);
    readings.push({ service, chain, stream, filter, next: undefined, skipped: false });
  };

  let total = 0;
  for (const service of services) {
    const chain = openChain(directory, service);
    const start = since === undefined ? { segment: 0, offset: 0 } : placeSince(chain, since);
    const from =
      count === Number.POSITIVE_INFINITY
        ? { place: start, count: 0, continued: false }
        : lastLines(chain, count, start, wanted);
    total += from.count;
    add(service, from, chain);
  }
  if (count !== Number.POSITIVE_INFINITY) skip = Math.max(0, total - count);

  /** The wanted ones of some lines, less those that are before the last so many. */
  const chosen = (reading: Reading, batch: TimedLines): ShownLines["lines"] => {
    const lines: { text: string; continued: boolean }[] = [];
    for (const line of linesOf({ ...batch, origin: "program" })) {
      if (!reading.filter.wants(line.text)) continue;
      if (!line.continued) reading.skipped = skip > 0;
      if (!reading.skipped) lines.push(line);
      else if (!line.continued) skip--;
    }
    return lines;
  };

  const oldest = (last: LastLine): Reading | undefined => {
    let found: Reading | undefined;
    for (const reading of readings) {
      reading.next ??= reading.stream.next(last);
      if (reading.next === undefined) continue;
      if (found?.next === undefined || reading.next.order < found.next.order) found = reading;
    }
    return found;
  };

  return {
    isOpen: () => readings.some(({ stream }) => stream.isOpen()),
    next(last) {
      for (let reading = oldest(last); reading !== undefined; reading = oldest(last)) {
        const { service, stream, next: batch } = reading;
        if (batch === undefined) return undefined;
        const words = stream.remark();
        if (words !== undefined) {
          return { service, time: undefined, lines: [{ text: words, continued: false }], origin: "launch" };
        }
        reading.next = undefined;
        const lines = chosen(reading, batch);
        if (lines.length > 0) return { service, time: batch.time, lines, origin: "program" };
      }
      return undefined;
    },
    refresh(service) {
      const reading = readings.find((known) => known.service === service);
      if (reading === undefined) return add(service, undefined, openChain(directory, service));
      extendChain(reading.chain, directory, service);
    },
    [Symbol.dispose]() {
      for (const { chain } of readings) for (const segment of chain) segment[Symbol.dispose]();
    },
  };
}
