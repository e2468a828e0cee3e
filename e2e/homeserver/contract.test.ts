import { afterAll, beforeAll } from "vitest";
import { homeserverContract } from "./contract.test-suite.ts";
import { startHomeserver, type Homeserver } from "./index.ts";

let hs: Homeserver;
beforeAll(async () => {
  hs = await startHomeserver();
});
afterAll(() => hs.stop());

homeserverContract({
  baseUrl: () => hs.baseUrl,
  makeUser: (localpart) => Promise.resolve(hs.world.addUser(localpart, { password: "sea-pink-7" })),
});
