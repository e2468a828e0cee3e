import type { RoomId } from "../../../preload/contract/ids.ts";
import type { AttentionQueries, UnreadRow } from "../store/queries/attention.ts";

// Which events and invitations are still to be told. On disk each is told or not (`is_told`); one that was handed out
// stays untold there until a host says that it is showing it, so that what nobody has seen yet when we die is told by
// the next run. What this run has handed out is kept here, or it would be handed out again.

export interface Told {
  /** Of a room's unread events those that nobody has told and this run has not handed out. */
  fresh(roomId: RoomId): readonly UnreadRow[];
  /** Handed out, and to be told by the next run unless `tell` comes first. */
  hand(roomId: RoomId, eventIds: Iterable<string>): void;
  /** Durable: shown, or not to be. */
  tell(roomId: RoomId, eventIds: Iterable<string>): void;
  /** Whether an invitation is to be told; it is handed out by asking. */
  takeInvite(roomId: RoomId): boolean;
  tellInvite(roomId: RoomId): void;
}

export function createTold(q: AttentionQueries): Told {
  const handed = new Map<RoomId, ReadonlySet<string>>();
  const invites = new Set<RoomId>();
  return {
    fresh(roomId) {
      const untold = q.untoldOfRoom.all({ roomId });
      const before = handed.get(roomId);
      if (before === undefined) return untold;
      const waiting = untold.flatMap(({ eventId }) => (before.has(eventId) ? [eventId as string] : []));
      if (waiting.length === 0) handed.delete(roomId);
      else handed.set(roomId, new Set(waiting));
      return untold.filter(({ eventId }) => !before.has(eventId));
    },
    hand: (roomId, eventIds) =>
      void handed.set(roomId, new Set([...(handed.get(roomId) ?? []), ...eventIds])),
    tell(roomId, eventIds) {
      const ids = [...eventIds];
      if (ids.length > 0) q.setTold.run({ roomId, eventIds: JSON.stringify(ids) });
    },
    takeInvite(roomId) {
      const isUntold = q.untoldInvite.get({ roomId }) !== undefined;
      if (!isUntold) invites.delete(roomId);
      if (!isUntold || invites.has(roomId)) return false;
      invites.add(roomId);
      return true;
    },
    tellInvite: (roomId) => void q.setInviteTold.run({ roomId }),
  };
}
