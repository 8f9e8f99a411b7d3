import { expect, test } from "vitest";
import { entryOf, jsonText, procfile, type Service } from "../../../bench/peers/peer.ts";

function service(name: string, more: Partial<Service> = {}): Service {
  return { name, argv: ["/dir/service", "idle"], needs: [], restart: "no", graceMs: 2000, ...more };
}

test("leaves a bracket out where the syntax is to be wrong", () => {
  expect(JSON.parse(jsonText({ a: 1 }, [service("a")]))).toEqual({ a: 1 });
  expect(() => JSON.parse(jsonText({ a: 1 }, [service("a", { mistake: "syntax error" })])) as unknown).toThrow(
    SyntaxError,
  );
});

test("adds the key that is unknown, and takes away the command that is missing", () => {
  const entry = { command: "x", other: 1 };
  expect(entryOf(service("a"), "command", entry)).toEqual(entry);
  expect(entryOf(service("a", { mistake: "unknown key" }), "command", entry)).toEqual({ ...entry, comand_typo: "x" });
  expect(entryOf(service("a", { mistake: "no command" }), "command", entry)).toEqual({ other: 1 });
});

test("writes a line for each service of a Procfile, right or wrong", () => {
  const text = procfile([
    service("a"),
    service("b", { mistake: "syntax error" }),
    service("c", { mistake: "no command" }),
  ]);
  expect(text).toBe("a: /dir/service idle\nb /dir/service idle\nc: \n");
});
