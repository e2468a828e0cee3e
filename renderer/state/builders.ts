import type { RoomId } from "../../preload/contract/ids.ts";
import type { RoomSummary } from "../../preload/contract/models/room.ts";

/** For tests: a room of the list, with what the test cares about. */
export function aRoom(id: string, part: Partial<RoomSummary> = {}): RoomSummary {
  return {
    roomId: `!${id}:example.org` as RoomId,
    name: id,
    avatar: null,
    section: "rooms",
    membership: "join",
    directUserId: null,
    preview: null,
    lastActivityTs: 0,
    unread: 0,
    highlight: 0,
    isMarkedUnread: false,
    isMuted: false,
    isEncrypted: false,
    unsent: 0,
    ...part,
  };
}
