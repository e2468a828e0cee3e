import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RoomId } from "../../../preload/contract/ids.ts";
import { applyListChanges } from "../../../preload/contract/list-change.ts";
import type { RoomSection, RoomSummary } from "../../../preload/contract/models/room.ts";
import { place } from "./list-topic.ts";
import { compareRooms } from "./section.ts";

const aRoom = (
  id: number,
  lastActivityTs: number,
  section: RoomSection = "rooms",
  unread = 0,
): RoomSummary => ({
  roomId: `!${id}` as RoomId,
  name: `Room ${id}`,
  avatar: null,
  section,
  membership: "join",
  directUserId: null,
  preview: null,
  lastActivityTs,
  unread,
  highlight: 0,
  isMarkedUnread: false,
  isMuted: false,
  isEncrypted: false,
  unsent: 0,
});

describe("a room in the sorted list", () => {
  it("says nothing when nothing changed", () => {
    const list = [aRoom(1, 5), aRoom(2, 3)];
    expect(place(list, "!2" as RoomId, aRoom(2, 3))).toEqual([]);
  });

  it("is replaced in place when its unread count changes", () => {
    const list = [aRoom(1, 5), aRoom(2, 3)];
    expect(place(list, "!2" as RoomId, aRoom(2, 3, "rooms", 1))).toMatchObject([{ op: "replace", at: 1 }]);
  });

  it("is replaced in place when newer activity does not move it", () => {
    const list = [aRoom(1, 5), aRoom(2, 3)];
    expect(place(list, "!2" as RoomId, aRoom(2, 4))).toMatchObject([{ op: "replace", at: 1 }]);
  });

  it("whatever happens to rooms, the watcher's copy equals the sorted list", () => {
    const change = fc.record({
      id: fc.integer({ min: 0, max: 8 }),
      ts: fc.integer({ min: 0, max: 5 }),
      section: fc.constantFrom<RoomSection>("favourites", "rooms", "invites"),
      isGone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (steps) => {
        const list: RoomSummary[] = [];
        let copy: readonly RoomSummary[] = [];
        for (const { id, ts, section, isGone } of steps) {
          const changes = place(list, `!${id}` as RoomId, isGone ? null : aRoom(id, ts, section));
          copy = applyListChanges(copy, changes);
          expect(copy).toEqual(list);
          expect(list).toEqual([...list].sort(compareRooms));
        }
      }),
      { numRuns: 500 },
    );
  });
});
