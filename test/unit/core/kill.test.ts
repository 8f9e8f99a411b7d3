import { describe, expect, it } from "vitest";
import { describeExit } from "../../../src/core/failure.ts";
import { on, service } from "./fleet.ts";
import { play, type End } from "./play.ts";

const running = () => {
  const p = play([service("db", { restart: "always" }), service("api", { needs: ["db"] })]);
  p.up("db", "api");
  p.serves("db", "api");
  return p;
};

const kill = (p: ReturnType<typeof running>, name: string, grace = 1000) =>
  p.send({ type: "kill", services: [name], grace });

describe("launch kill", () => {
  it.each<End>([0, 143, "SIGTERM", "SIGKILL"])(
    "is told as what it was, and nothing follows, if it ends with %o",
    (end) => {
      const p = running();
      expect(kill(p, "db")).toEqual(["stop db 1"]);
      p.exited("db", end);
      expect(p.state("db")).toEqual({ status: "failed", failure: { kind: "killed" } });
      expect(p.member("db").wanted).toBe(false);
      expect(p.wait(100_000)).toEqual([]);
      expect(p.state("api").status).toBe("ready");
    },
  );

  it("kills when its own grace is over, not that of the manifest", () => {
    const p = running();
    kill(p, "db", 300);
    expect(p.wait(299)).toEqual([]);
    expect(p.wait(1)).toEqual(["kill db 1"]);
  });

  it("shortens a stop that goes on, and never lengthens it", () => {
    const p = running();
    p.down("api");
    expect(p.wait(9000)).toEqual([]);
    kill(p, "api", 5000);
    expect(p.wait(999)).toEqual([]);
    expect(p.wait(1)).toEqual(["kill api 1"]);
  });

  it("fails the run when it ends, for not all went well", () => {
    const p = running();
    kill(p, "db");
    p.exited("db", 0);
    p.quit();
    expect(p.exited("api", "SIGTERM")).toEqual(["end failed"]);
  });

  it("is over when the service is asked for again", () => {
    const p = running();
    kill(p, "db");
    p.exited("db", 0);
    expect(p.up("db")).toEqual(["start db 2"]);
  });

  it("stops what is only being spawned once it is there", () => {
    const p = play([service("db")]);
    p.up("db");
    expect(kill(p, "db")).toEqual([]);
    expect(p.started("db")).toEqual(["stop db 1"]);
  });
});

describe("an end by SIGKILL", () => {
  const lastWords = (p: ReturnType<typeof running>, name: string): string => {
    const end = p.member(name).lastEnd;
    return end !== undefined && "exit" in end ? describeExit(end.exit) : "";
  };

  it("may be for want of memory when nobody asked for it", () => {
    const p = running();
    p.exited("db", "SIGKILL");
    expect(lastWords(p, "db")).toBe("SIGKILL (killed, possibly out of memory)");
  });

  it("is launch's own once the grace is over", () => {
    const p = running();
    p.down("db", "api");
    p.wait(10_000);
    p.exited("api", "SIGKILL");
    expect(lastWords(p, "api")).toBe("SIGKILL (by launch, it did not end in time)");
  });

  it("is launch's own when a restart had to kill", () => {
    const p = running();
    p.restart("api");
    p.wait(10_000);
    p.exited("api", "SIGKILL");
    expect(lastWords(p, "api")).toBe("SIGKILL (by launch, it did not end in time)");
  });

  it("is launch's own when all was hurried, of what still waited for its dependents too", () => {
    const p = play([service("db"), service("api", { needs: [on("db", "started")] })]);
    p.up("db", "api");
    p.serves("db", "api");
    p.quit();
    p.quit(true);
    p.exited("db", "SIGKILL");
    expect(lastWords(p, "db")).toBe("SIGKILL (by launch)");
  });

  it("is somebody's own, whoever that is, while it is asked to end", () => {
    const p = running();
    p.down("api");
    p.exited("api", "SIGKILL");
    expect(lastWords(p, "api")).toBe("SIGKILL");
  });
});
