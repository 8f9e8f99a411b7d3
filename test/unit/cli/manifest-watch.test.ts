import { describe, expect, test } from "vitest";
import { type Stamp, watchManifest } from "../../../src/cli/manifest-watch.ts";
import type { Differences } from "../../../src/core/session.ts";

const same: Differences = { settings: [], changed: [], added: [], removed: [] };
const edited: Differences = { ...same, changed: [{ service: "api", keys: ["env"] }] };
const since = 1000;

/** A manifest of one file; each of `looks` is a look at it and what the engine says then, and the last of them stays. */
async function told(
  looks: readonly { readonly stamp: Stamp; readonly answer: Differences | Error }[],
): Promise<{ readonly heard: readonly (Differences | undefined)[]; readonly asked: number }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const heard: (Differences | undefined)[] = [];
  let asked = 0;
  let look = -1;
  using _ = watchManifest(
    {
      files: ["/shop/services.yaml"],
      since,
      intervalMs: 1,
      stampOf: () => {
        look += 1;
        if (look === looks.length) resolve();
        return looks[Math.min(look, looks.length - 1)]?.stamp ?? { changedAt: 0, text: "" };
      },
      session: {
        differences: () => {
          asked += 1;
          const answer = looks[look]?.answer ?? same;
          return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
        },
      },
    },
    (found) => heard.push(found),
  );
  await promise;
  return { heard, asked };
}

describe("watching a manifest", () => {
  const before = { changedAt: since - 1, text: "as read" };
  const after = { changedAt: since + 1, text: "edited" };
  const again = { changedAt: since + 2, text: "edited again" };

  test("asks nothing while its files are as the run has read them", async () => {
    const { heard, asked } = await told([
      { stamp: before, answer: edited },
      { stamp: before, answer: edited },
    ]);
    expect({ heard, asked }).toEqual({ heard: [], asked: 0 });
  });

  test("asks once for each change, and tells what differs until nothing does", async () => {
    const { heard, asked } = await told([
      { stamp: before, answer: same },
      { stamp: after, answer: edited },
      { stamp: after, answer: edited },
      { stamp: again, answer: same },
    ]);
    expect({ heard, asked }).toEqual({ heard: [edited, undefined], asked: 2 });
  });

  test("asks at once where a file has changed since the run began", async () => {
    expect((await told([{ stamp: after, answer: edited }])).heard).toEqual([edited]);
  });

  test("tells nothing twice, and nothing of a change that makes no difference", async () => {
    const { heard } = await told([
      { stamp: after, answer: same },
      { stamp: again, answer: edited },
      { stamp: before, answer: edited },
    ]);
    expect(heard).toEqual([edited]);
  });

  test("goes on where the engine cannot say", async () => {
    const { heard } = await told([
      { stamp: after, answer: new Error("The run is just ending.") },
      { stamp: again, answer: edited },
    ]);
    expect(heard).toEqual([edited]);
  });
});
