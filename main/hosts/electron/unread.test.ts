import { expect, test } from "vitest";
import type { RoomId } from "../../../preload/contract/ids.ts";
import type { RoomSummary } from "../../../preload/contract/models/room.ts";
import { FakeCore } from "../testing/fake-core.ts";
import { watchUnread, type Unread } from "./unread.ts";

const room = (parts: Partial<RoomSummary>): RoomSummary => ({ ...({} as RoomSummary), ...parts });

test("counts what waits in all rooms, follows it, and says nothing twice", () => {
  const core = new FakeCore();
  const [a, b] = ["!a:x", "!b:x"] as RoomId[];
  core.snapshots.roomList = [
    room({ roomId: a!, unread: 2, highlight: 0, isMuted: false }),
    room({ roomId: b!, unread: 5, highlight: 1, isMuted: true }),
  ];
  const told: Unread[] = [];
  const stop = watchUnread(core, (unread) => told.push(unread));
  const change = (item: RoomSummary): void => core.emit("roomList", [{ op: "replace", at: 0, item }]);
  change(room({ roomId: a!, unread: 3, highlight: 0, isMuted: false }));
  change(room({ roomId: a!, unread: 3, highlight: 0, isMuted: false, name: "another name" }));
  change(room({ roomId: a!, unread: 0, highlight: 0, isMuted: false }));
  expect(told).toEqual([
    { messages: 2, mentions: 1 },
    { messages: 3, mentions: 1 },
    { messages: 0, mentions: 1 },
  ]);
  stop();
  expect(core.watchers.every(({ isStopped }) => isStopped)).toBe(true);
});
