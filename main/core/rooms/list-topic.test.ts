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
  it("stands where it was put in its section, before those that were put nowhere", () => {
    const put = (id: number, at: number): RoomSummary => ({ ...aRoom(id, id, "favourites"), place: at });
    const list = [
      aRoom(9, 9, "favourites"),
      put(1, 0.7),
      put(2, 0.2),
      aRoom(8, 8, "favourites"),
      put(3, 0.2),
    ];
    expect(list.sort(compareRooms).map(({ roomId }) => roomId)).toEqual(["!3", "!2", "!1", "!9", "!8"]);
  });

  it("says nothing when nothing changed", () => {
    const list = [aRoom(1, 5), aRoom(2, 3)];
    expect(place(list, "!2" as RoomId, aRoom(2, 3))).toEqual([]);
  });

  it("stands under its own section by name, between favourites and people", () => {
    const sections = ["rooms", "u.work", "people", "low-priority", "u.art", "favourites", "invites"] as const;
    const list = sections.map((section, id) => aRoom(id, 100 - id, section)).sort(compareRooms);
    const order = ["invites", "favourites", "u.art", "u.work", "people", "rooms", "low-priority"];
    expect(list.map(({ section }) => section)).toEqual(order);
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
