import type { EventId, UserId } from "../../../preload/contract/ids.ts";
import type {
  EventItem,
  MessageItem,
  Quote,
  Relations,
  Sender,
  ThreadSummary,
} from "../../../preload/contract/models/timeline.ts";
import { objectOf, type JsonObject } from "../event.ts";
import type { ReactionRow } from "../store/queries/timeline.ts";
import { localBody } from "./local-item.ts";
import type { Pending } from "./pending.ts";
import { aggregateReactions } from "./reactions.ts";

// A message with what else was said of it: by others, and by us just now. Pure.

export interface Said {
  readonly reply: Quote | null;
  readonly thread: ThreadSummary | null;
  /** When the edit shown was made; null when the first words stand. */
  readonly editTs: number | null;
  readonly reactions: readonly ReactionRow[];
  /** What we say of it that is not in the timeline yet. */
  readonly pending: Pending | null;
  readonly leaving: ReadonlySet<EventId>;
}

export interface Speaker {
  readonly ownUserId: UserId;
  readonly self: Sender;
  readonly cleanHtml: (html: string) => string | null;
}

/** The item as it is shown; the same object where nothing was said of it. */
export function withRelations(item: EventItem, said: Said, speaker: Speaker): EventItem {
  if (item.kind !== "message") return item;
  const { pending } = said;
  const redaction = pending?.redaction ?? null;
  if (redaction !== null && redaction.send.state !== "unsent")
    return redactedByUs(item, speaker.self, redaction.content);
  const edit = pending?.edit ?? null;
  const edited = edit === null ? item : editedByUs(item, edit.content, speaker);
  const relations: Relations = {
    reply: said.reply,
    edit: editOf(said),
    reactions: aggregateReactions({
      ...{ rows: said.reactions, local: pending?.reactions ?? [], leaving: said.leaving },
      ...{ ownUserId: speaker.ownUserId, ownName: speaker.self.name },
    }),
    ...(said.thread === null ? {} : { thread: said.thread }),
    deletion: deletionOf(pending),
  };
  const isPlain =
    relations.reply === null &&
    relations.thread === undefined &&
    relations.edit === null &&
    relations.deletion === null &&
    relations.reactions.length === 0;
  return isPlain ? edited : { ...edited, relations };
}

function editOf({ pending, editTs }: Said): Relations["edit"] {
  const edit = pending?.edit ?? null;
  if (edit !== null) return { ts: edit.queuedAt, send: edit.send, transactionId: edit.transactionId };
  return editTs === null ? null : { ts: editTs, send: null, transactionId: null };
}

function deletionOf(pending: Pending | null): Relations["deletion"] {
  const row = pending?.redaction ?? null;
  if (row === null || row.send.state !== "unsent") return null;
  return { transactionId: row.transactionId, reason: row.send.reason };
}

function editedByUs(item: MessageItem, content: JsonObject, { cleanHtml }: Speaker): MessageItem {
  const body = localBody(objectOf(content, "m.new_content"), cleanHtml);
  return body === null ? item : { ...item, body };
}

function redactedByUs(item: MessageItem, self: Sender, content: JsonObject): EventItem {
  const { id, eventId, sender, ts, readBy, readByCount } = item;
  const reason = content["reason"];
  return {
    ...{ id, eventId, sender, ts, readBy, readByCount },
    kind: "redacted",
    redactedBy: self.name,
    reason: typeof reason === "string" ? reason : null,
  };
}
