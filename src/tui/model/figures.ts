// Figures in the few characters that a table has for them.

import type { Millis } from "../../core/service.ts";

/** `3s`, `14m`, `2h04m`, `5d03h`. */
export function uptime(ms: Millis): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${two(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
}

/** Bytes as `840K`, `84M`, `1.9G`. */
export function memory(bytes: number): string {
  const mega = bytes / 1_048_576;
  if (mega < 1) return `${Math.round(bytes / 1024)}K`;
  return mega < 1000 ? `${Math.round(mega)}M` : `${(mega / 1024).toFixed(1)}G`;
}

/** `1.2%`; from 100 on without a fraction. */
export function percent(value: number): string {
  return `${value >= 99.95 ? Math.round(value) : value.toFixed(1)}%`;
}

/** A wall-clock time, milliseconds since the epoch, as `12:41:07` in this place's time. */
export function clock(time: number): string {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
