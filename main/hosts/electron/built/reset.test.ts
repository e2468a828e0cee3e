import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildApp } from "../testing/built-app.ts";
import { BuiltStage } from "../testing/built-stage.ts";
import { greeted } from "../testing/desktop-stage.ts";

// "Load everything anew" in the built app: what the server can give again goes, what only this computer has stays. That
// the page shows the same afterwards is e2e/specs/settings.spec.ts.

beforeAll(buildApp, 180_000);
let stage: BuiltStage;
beforeEach(async () => void (stage = await BuiltStage.begin()));
afterEach(() => stage.end());

const passphrase = "correct horse";
/** The session's tokens and the key they are boxed with, as they are on disk. */
const secrets = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(stage.profileDir, { recursive: true, encoding: "utf8" })
      .filter((path) => /(^|[\\/])(key|secrets)[^\\/]*$/.test(path))
      .sort()
      .map((path) => [path, readFileSync(join(stage.profileDir, path), "base64")]),
  );

test("queue, draft, session and keys stay, and the passphrase still opens them under another keyring", async () => {
  const { world, faults, wire } = stage.server;
  const roomId = world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
  const page = await stage.live();
  await page.call("setPassphrase", { current: null, next: passphrase });
  const down = faults.add({ on: { method: "PUT", path: /\/send\// }, do: { status: { code: 502 } } });
  await page.call("sendMessage", {
    ...{ roomId, transactionId: "story-0001" },
    content: { msgtype: "m.text", body: "waits" },
  });
  const before = secrets();
  expect(Object.keys(before).length).toBeGreaterThanOrEqual(2);
  const isFirst = (): number =>
    wire.requests.filter(({ path, query }) => path.endsWith("/sync") && query["since"] === undefined).length;
  const firsts = isFirst();
  await page.call("resetCache");
  await expect.poll(isFirst).toBe(firsts + 1);
  expect(secrets()).toEqual(before);
  await page.child.kill();

  // Moved to another desktop: its keyring opens nothing, the passphrase does.
  const moved = await stage.opened({ STAND_IN_KEYRING: "2" });
  expect(moved.view?.lock).toEqual({ state: "locked", reason: "keyring" });
  down.remove();
  expect(await moved.call("unlockApp", { passphrase })).toEqual({ isOpen: true });
  await moved.child.until("reloaded");
  await greeted(moved.child);
  const sent = (): unknown[] => world.events(roomId).filter(({ type }) => type === "m.room.message");
  await expect.poll(sent, { timeout: 60_000 }).toMatchObject([{ content: { body: "waits" } }]);
  expect(wire.count("POST", /\/login$/)).toBe(1);
});
