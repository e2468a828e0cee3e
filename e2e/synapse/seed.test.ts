import { expect, test } from "vitest";
import { synapseConfig } from "./config.ts";
import { mapBounded } from "./seed.ts";

test("seeding keeps to its bound and returns results in order", async () => {
  let underWay = 0;
  let most = 0;
  const results = await mapBounded(
    [5, 1, 4, 2, 3],
    async (turns) => {
      most = Math.max(most, ++underWay);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      underWay -= 1;
      return turns * 10;
    },
    2,
  );
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test("seeding nothing is done at once; a failure is passed on", async () => {
  expect(await mapBounded([], () => Promise.reject(new Error("never called")))).toEqual([]);
  await expect(mapBounded([1], () => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
});

test("Synapse listens on loopback only and talks to nobody", () => {
  const place = {
    serverName: "s.test",
    port: 1,
    dir: "/d",
    bind: "127.0.0.1",
    baseUrl: "http://127.0.0.1:1",
  };
  const config = synapseConfig(place);
  expect(config).toMatchObject({ report_stats: false, trusted_key_servers: [], url_preview_enabled: false });
  expect(config["listeners"]).toMatchObject([
    { bind_addresses: ["127.0.0.1"], resources: [{ names: ["client"] }] },
  ]);
});
