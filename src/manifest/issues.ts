// What the schema found wrong, as problems with places, in words.

import type * as z from "zod/mini";
import type { Problem } from "./problem.ts";
import { notYet } from "./schema/scalars.ts";
import { keyPlaceOf, placeOf } from "./tree.ts";
import type { Path, Tree } from "./tree.ts";
import { label, unknownKey } from "./unknown-keys.ts";
import { nameRemedy, valueRemedy } from "./value-remedies.ts";

type Issue = z.core.$ZodIssue;

/** Each issue of a schema's answer about `plain`, which was made of `tree`, in words and with its place. */
export function problemsOf(issues: readonly Issue[], tree: Tree, plain: unknown): readonly Problem[] {
  // Of two problems at one place only the first is shown: better the key that is wrong than the one it leaves missing.
  const unknownFirst = issues.toSorted(
    (a, b) => Number(b.code === "unrecognized_keys") - Number(a.code === "unrecognized_keys"),
  );
  return unknownFirst.flatMap(innermost).flatMap((issue) => toProblems(issue, tree, plain));
}

// Of a union, the issues of the one form that the value resembles; the union's own words where it resembles none.
function innermost(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const resembling = issue.errors.filter(
    (issues) => !issues.some(({ code, path }) => path.length === 0 && isTypeIssue(code)),
  );
  const [inner] = resembling;
  if (inner === undefined || resembling.length > 1) return [issue];
  return inner.map((each) => ({ ...each, path: [...issue.path, ...each.path] })).flatMap(innermost);
}

function isTypeIssue(code: Issue["code"]): boolean {
  return code === "invalid_type" || code === "invalid_value" || code === "invalid_union";
}

function toProblems(issue: Issue, tree: Tree, plain: unknown): readonly Problem[] {
  const path: Path = issue.path;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ place: keyPlaceOf(tree, [...path, key]), ...unknownKey(key, path) }));
  }
  if (issue.code === "invalid_key") {
    const must = issue.issues[0]?.message ?? issue.message;
    const name = String(path.at(-1));
    return [
      withRemedy({ place: keyPlaceOf(tree, path), message: `the name "${name}" must be ${must}` }, nameRemedy(name)),
    ];
  }
  const value = valueAt(plain, path);
  if (value === undefined) {
    return [
      {
        place: keyPlaceOf(tree, path),
        message: `${label(path.slice(0, -1))} needs "${String(path.at(-1))}": ${issue.message}`,
      },
    ];
  }
  const place = placeOf(tree, path);
  if (value === null && path.length === 2 && path[0] === "services") {
    return [
      {
        place: keyPlaceOf(tree, path),
        message: `${String(path[1])} is empty`,
        remedy: "Give it a command, or delete the line.",
      },
    ];
  }
  if (issue.message === notYet) {
    const message = `"${label(path)}: ${show(value)}" is not supported yet`;
    return [{ place, message, remedy: "Remove it for now." }];
  }
  const message = `${label(path)} must be ${issue.message}, not ${show(value)}`;
  return [withRemedy({ place, message }, valueRemedy(value, path, wordsOf(issue)))];
}

function withRemedy(problem: Problem, remedy: string | undefined): Problem {
  return remedy === undefined ? problem : { ...problem, remedy };
}

function wordsOf(issue: Issue): readonly string[] {
  if (issue.code === "invalid_value") return issue.values.map(String);
  return issue.code === "invalid_union" ? issue.errors.flat().flatMap((each) => wordsOf(each)) : [];
}

function show(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "number") return String(value);
  if (typeof value === "object") return "a map";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function valueAt(plain: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    plain,
  );
}
