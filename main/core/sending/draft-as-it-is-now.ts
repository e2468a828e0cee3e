import type { EventId, RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { Draft, KeptDraft } from "../../../preload/contract/models/room.ts";
import type { Quote } from "../../../preload/contract/models/timeline.ts";

/** What is known of the messages of a room. */
interface Messages {
  quote(roomId: RoomId, eventId: EventId): Quote;
  eventOf(roomId: RoomId, target: MessageTarget): EventId | null;
  currentId(transactionId: TransactionId): TransactionId;
  isWaiting(roomId: RoomId, target: MessageTarget): boolean;
}

/**
 * A stored draft names what it answers and what it changes: the words are those the message has now, and the names those
 * it goes by now. Of an edit that waits for its message nothing is left once that is deleted; one that stood in the field
 * comes back there, which says what happened.
 */
export function asItIsNow(roomId: RoomId, { edits = [], ...draft }: Draft, messages: Messages): KeptDraft {
  const answered = draft.replyTo?.eventId ?? null;
  const left = edits.flatMap((edit) => {
    const transactionId = edit.transactionId === null ? null : messages.currentId(edit.transactionId);
    const eventId = messages.eventOf(roomId, { eventId: edit.eventId, transactionId });
    const isThere =
      eventId === null
        ? messages.isWaiting(roomId, { eventId, transactionId })
        : messages.quote(roomId, eventId).state !== "redacted";
    return isThere || edit.isOpen ? { ...edit, eventId, transactionId } : [];
  });
  return {
    ...draft,
    ...(answered === null ? {} : { answers: messages.quote(roomId, answered) }),
    ...(left.length === 0 ? {} : { edits: left }),
  };
}
