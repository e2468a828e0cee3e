import { afterEach, describe, expect, it } from "vitest";
import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import { fakePlatform, type FakePlatform } from "../fake-platform.ts";
import { syncQueries } from "../store/queries/sync.ts";
import { openStore, type Store } from "../store/store.ts";
import { createSyncApplier } from "./apply.ts";
import { parseSync, type SyncUpdate } from "./parse.ts";

let store: Store;
let platform: FakePlatform;
afterEach(async () => {
  await store.close();
  platform.cleanUp();
});

const aMessage = (ts: number) => ({
  event_id: `$${ts}`,
  type: "m.room.message",
  sender: "@ben:x",
  origin_server_ts: ts,
  content: {},
});
function anUpdate(rooms: { join?: number; invite?: number; leave?: number }): SyncUpdate {
  const named = (what: string, count = 0) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`!${what}${i}`, { timeline: { events: [aMessage(i)] } }]),
    );
  const update = parseSync({
    next_batch: "after",
    account_data: { events: [{ type: "m.direct", content: {} }] },
    rooms: {
      join: named("join", rooms.join),
      invite: named("invite", rooms.invite),
      leave: named("leave", rooms.leave),
    },
  });
  if (update === null) throw new Error("not a sync response");
  return update;
}

/** Applies an update while each room takes `msPerRoom`; tells what was done in which slice. */
function applier(options: { msPerRoom?: number; failAt?: number; isWhole?: boolean } = {}) {
  platform = fakePlatform();
  store = openStore(platform);
  const token = () => syncQueries(store.cache).load("next_batch");
  const slices: string[][] = [[]];
  /** The token as it was when each slice had been committed. */
  const tokens: (string | null)[] = [];
  const absent: ReadonlySet<RoomId>[] = [];
  let now = 0;
  let rooms = 0;
  const did = (what: string): void => {
    slices.at(-1)?.push(what);
    now += options.msPerRoom ?? 0;
    rooms += 1;
    if (rooms === options.failAt) throw new Error("the disk");
  };
  const applied = createSyncApplier({
    store,
    clock: { monotonic: () => now },
    ownUserId: "@ann:x" as UserId,
    appliers: {
      state: () => {},
      timeline: () => ({ added: [] }),
      receipts: () => {},
      room: ({ roomId }) => did(roomId),
      stripped: ({ roomId }) => did(roomId),
      accountData(type) {
        slices.at(-1)?.push(type);
        return [];
      },
      presence: () => {},
      onlyRooms(present) {
        absent.push(present);
        return [];
      },
    },
    after: {
      committed() {
        tokens.push(token());
        slices.push([]);
      },
      typing: () => {},
      progress: () => {},
      breath: () => Promise.resolve(),
    },
  });
  const run = (update: SyncUpdate) => applied.apply(update, options.isWhole ?? false);
  return { run, slices, tokens, absent, token };
}

describe("a response in slices", () => {
  it("without rooms is one slice, so that account data and the token are kept", async () => {
    const { run, slices, tokens } = applier();
    await run(anUpdate({}));
    expect(slices).toEqual([["m.direct"], []]);
    expect(tokens).toEqual(["after"]);
  });

  it("has no more than 25 rooms in each: account data, invitations, then the newest first", async () => {
    const { run, slices } = applier();
    await run(anUpdate({ join: 60, invite: 2, leave: 1 }));
    expect(slices.map(({ length }) => length)).toEqual([26, 25, 13, 0]);
    expect(slices[0]?.slice(0, 5)).toEqual(["m.direct", "!invite0", "!invite1", "!join59", "!join58"]);
    expect(slices[2]?.slice(-2)).toEqual(["!join0", "!leave0"]);
  });

  it("ends a slice early where rooms take long, and never has an empty one", async () => {
    const { run, slices } = applier({ msPerRoom: 3 });
    await run(anUpdate({ join: 7 }));
    expect(slices.map(({ length }) => length)).toEqual([4, 3, 1, 0]);
    await store.close();
    const slow = applier({ msPerRoom: 100 });
    await slow.run(anUpdate({ join: 3 }));
    expect(slow.slices.map(({ length }) => length)).toEqual([2, 1, 1, 0]);
  });

  it("moves the token with the last slice only", async () => {
    const { run, tokens } = applier();
    await run(anUpdate({ join: 60 }));
    expect(tokens).toEqual([null, null, "after"]);
  });

  it("that fails leaves the token and tells nobody of the failed slice", async () => {
    const { run, tokens, token } = applier({ failAt: 30 });
    await expect(run(anUpdate({ join: 60 }))).rejects.toThrow("the disk");
    expect(tokens).toEqual([null]);
    expect(token()).toBeNull();
  });

  it("names all rooms there are only when it is a whole one", async () => {
    const delta = applier();
    await delta.run(anUpdate({ join: 2 }));
    expect(delta.absent).toEqual([]);
    await store.close();
    const whole = applier({ isWhole: true });
    await whole.run(anUpdate({ join: 1, invite: 1 }));
    expect(whole.absent.map((present) => [...present])).toEqual([["!join0", "!invite0"]]);
  });
});
