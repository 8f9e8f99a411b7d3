// What a face may say, checked before anything is done about it.

import { constants } from "node:os";
import { en } from "zod/locales";
import * as z from "zod/mini";
import { endingSignals } from "../core/ending-signals.ts";
import type { FromFace } from "./protocol.ts";

/** A message, or why it is none; `id` is the number of the question that it may have been meant as. */
export type Checked =
  | { readonly ok: true; readonly message: FromFace }
  | { readonly ok: false; readonly id?: number; readonly words: string };

// Made when the first face speaks: a start, and a run without a face, do without.
let schema: z.ZodMiniType<FromFace> | undefined;

/** Checks what a face has said. */
export function checkMessage(said: object): Checked {
  const checked = (schema ??= newSchema()).safeParse(said);
  if (checked.success) return { ok: true, message: checked.data };
  const [issue] = checked.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "the message" : issue.path.join(".");
  const words = `This is not understood, because of ${where}: ${issue?.message ?? "it has no known form"}.`;
  const id = "id" in said && Number.isSafeInteger(said.id) ? { id: Number(said.id) } : {};
  return { ok: false, ...id, words };
}

function newSchema(): z.ZodMiniType<FromFace> {
  // Words for what is wrong.
  z.config(en());
  const name = z.string().check(z.minLength(1), z.maxLength(1000));
  const names = z.array(name).check(z.maxLength(10_000));
  const cells = z.int().check(z.minimum(0), z.maximum(10_000));
  const size = { columns: cells, rows: cells };

  const request = z.discriminatedUnion("type", [
    z.object({ type: z.literal("up"), services: names }),
    z.object({ type: z.literal("down"), services: names }),
    z.object({ type: z.literal("restart"), services: names, dependents: z.optional(z.boolean()) }),
    z.object({ type: z.literal("kill"), services: names, grace: z.number().check(z.minimum(0)) }),
    z.object({
      type: z.literal("resolve"),
      service: name,
      choice: z.enum(["next", "kill", "adopt", "wait", "skip", "quit", "fail"]),
      because: z.string().check(z.maxLength(10_000)),
      restartUsers: z.boolean(),
    }),
    z.object({ type: z.literal("quit"), by: z.enum([...endingSignals, "request"]), force: z.boolean() }),
  ]);

  const question = z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("start"), services: names, withNeeds: z.boolean() }),
    z.object({ kind: z.literal("details"), service: name }),
    z.object({ kind: z.literal("differences") }),
    z.object({
      kind: z.literal("signal"),
      service: name,
      signal: z.custom<`SIG${string}`>(
        (value) => typeof value === "string" && Object.hasOwn(constants.signals, value),
        "not a signal's name",
      ),
    }),
    z.object({ kind: z.literal("remember"), service: name }),
    z.object({ kind: z.literal("watching") }),
    z.object({ kind: z.literal("detach") }),
    z.object({ kind: z.literal("attach"), service: name, ...size }),
  ]);

  return z.discriminatedUnion("type", [
    z.object({ type: z.literal("request"), request }),
    z.object({ type: z.literal("ask"), id: z.int().check(z.minimum(0)), question }),
    z.object({ type: z.literal("tty"), data: z.string() }),
    z.object({ type: z.literal("resize"), ...size }),
  ]);
}
