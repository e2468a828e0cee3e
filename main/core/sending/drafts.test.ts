import { expect, it, vi } from "vitest";
import type { EventId, UserId } from "../../../preload/contract/ids.ts";
import { fakePlatform } from "../fake-platform.ts";
import { openStore } from "../store/store.ts";
import { createDrafts } from "./drafts.ts";
import { roomA, roomB, us } from "./sending-rig.ts";

it("has a thread's draft, the old or the new, whatever fails between taking one away and writing the other", async () => {
  const platform = fakePlatform();
  const store = openStore(platform);
  const drafts = createDrafts({ store, clock: platform.clock, session: () => ({ userId: us }) });
  const thread = { eventId: "$root" as EventId, transactionId: null };
  drafts.save(roomA, { body: "half a thought" }, thread);
  vi.spyOn(platform.clock, "now").mockImplementationOnce(() => {
    throw new Error("killed");
  });
  expect(() => drafts.save(roomA, { body: "a whole thought" }, thread)).toThrow("killed");
  expect(drafts.load(roomA, thread)).toEqual({ body: "half a thought" });
  await store.close();
  platform.cleanUp();
});

it("keeps each room's draft of each person over a restart, until it is emptied", async () => {
  const platform = fakePlatform();
  let userId: UserId | null = us;
  const open = () => {
    const store = openStore(platform);
    return {
      store,
      drafts: createDrafts({ store, clock: platform.clock, session: () => userId && { userId } }),
    };
  };
  const before = open();
  before.drafts.save(roomA, { body: "first" });
  before.drafts.save(roomA, { body: "half a sent" });
  before.drafts.save(roomB, { body: "other" });
  await before.store.close();

  const { store, drafts } = open();
  expect(drafts.load(roomA)).toEqual({ body: "half a sent" });
  drafts.save(roomA, null);
  drafts.save(roomB, { body: "" });
  expect([drafts.load(roomA), drafts.load(roomB)]).toEqual([null, null]);

  drafts.save(roomA, { body: "mine" });
  userId = "@somebody:else" as UserId;
  expect(drafts.load(roomA)).toBeNull();
  userId = null;
  drafts.save(roomA, { body: "nobody's" });
  userId = us;
  expect(drafts.load(roomA)).toEqual({ body: "mine" });
  await store.close();
  platform.cleanUp();
});
