import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { RuleKind, UnreadExplanation } from "../../../preload/contract/models/attention.ts";
import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import { parseEvent, type MatrixEvent } from "../event.ts";
import type { AttentionQueries } from "../store/queries/attention.ts";
import { asSaid, editedBy } from "./judge.ts";
import { newestRows } from "./newest-rows.ts";
import type { ReadUpTo } from "./read-positions.ts";

/** Messages named at most. */
const MAX_CAUSES = 50;

/** Why a room shows as unread: the rows that make its count, and who counted. */
export function explainUnread(
  roomId: RoomId,
  deps: {
    readonly queries: AttentionQueries;
    readonly ownUserId: UserId;
    readonly readUpTo: (roomId: RoomId) => ReadUpTo;
    readonly buildPreview: (event: MatrixEvent) => RoomPreview | null;
  },
): UnreadExplanation {
  const { queries: q, ownUserId } = deps;
  const facts = q.roomFacts.get({ roomId, ownUserId });
  const { last } = deps.readUpTo(roomId);
  return {
    roomId,
    unread: facts?.unread ?? 0,
    highlight: facts?.highlight ?? 0,
    isMarkedUnread: facts?.isMarkedUnread === 1,
    countedBy: q.serverCounts.get({ roomId })?.isUsed === 1 ? "server" : "here",
    readUpToTs: last === null || last.ts === 0 ? null : last.ts,
    causes: newestRows(q, roomId, MAX_CAUSES).map((row) => {
      const event = parseEvent(JSON.parse(row.raw));
      return {
        eventId: (event === null ? null : editedBy(event)) ?? row.eventId,
        sender: row.senderName ?? row.sender,
        ts: row.ts,
        text: event === null ? "" : (deps.buildPreview(asSaid(event))?.text ?? ""),
        isHighlight: row.isHighlight === 1,
        isInThread: row.threadId !== "",
        rule: { kind: row.ruleKind as RuleKind, ruleId: row.ruleId, pattern: row.pattern },
      };
    }),
  };
}
