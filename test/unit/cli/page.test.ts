import { expect, it } from "vitest";
import { pageOf } from "../../../src/cli/page.ts";
import type { Fleet } from "../../../src/core/state.ts";
import { service } from "../core/fleet.ts";

function pageWith(open: string | undefined, scheme = "http"): string | undefined {
  const api = service("api", { port: 8000, host: "127.0.0.1", scheme, ...(open !== undefined && { open }) });
  const members = {
    api: { service: api, ports: { main: 8001 } },
    db: { service: service("db", { port: 5432 }), ports: {} },
  };
  return pageOf({ members } as unknown as Fleet, "api");
}

it.each([
  [undefined, "http://127.0.0.1:8001"],
  ["/docs?p=${PORT}&h=${HOST}", "http://127.0.0.1:8001/docs?p=8001&h=127.0.0.1"],
  ["${API_URL}/x$$y", "http://127.0.0.1:8001/x$y"],
  ["https://elsewhere.test/", "https://elsewhere.test/"],
])("a person opens %s on the port that the service has now", (open, page) => {
  expect(pageWith(open)).toBe(page);
});

it("opens nothing while a port in it is not known, and for what is no page", () => {
  expect(pageWith("/?db=${DB_PORT}")).toBeUndefined();
  expect(pageWith(undefined, "redis")).toBeUndefined();
});
