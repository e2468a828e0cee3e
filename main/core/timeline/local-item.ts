import type { EventId, TransactionId } from "../../../preload/contract/ids.ts";
import type { EventItem, SendState, Sender } from "../../../preload/contract/models/timeline.ts";
import { objectOf, stringOf, type JsonObject } from "../event.ts";
import { messageBody, stickerBody } from "./message-body.ts";

/** Something typed here that is not yet in the timeline. */
export interface LocalRow {
  readonly transactionId: TransactionId;
  readonly eventType: string;
  readonly content: JsonObject;
  readonly send: SendState;
  /** Ms since the epoch. */
  readonly queuedAt: number;
  /** Known once the server has answered. */
  readonly eventId: EventId | null;
}

/** The local echo of a message; null for what is no row of its own (reactions, edits, redactions). */
export function localItem(
  local: LocalRow,
  self: Sender,
  cleanHtml: (html: string) => string | null,
): EventItem | null {
  const { content, eventType, transactionId, eventId, send } = local;
  if (eventType !== "m.room.message" && eventType !== "m.sticker") return null;
  if (objectOf(content, "m.relates_to")["rel_type"] === "m.replace") return null;
  const isFormatted = content["format"] === "org.matrix.custom.html";
  const formatted = isFormatted ? stringOf(content, "formatted_body") : null;
  const html = formatted === null ? null : cleanHtml(formatted);
  const body = eventType === "m.sticker" ? stickerBody(content) : messageBody(content, html);
  return {
    id: transactionId,
    eventId,
    sender: self,
    ts: local.queuedAt,
    readBy: [],
    readByCount: 0,
    kind: "message",
    // What the user wrote is never hidden: if it cannot be read, it still shows that it is there, and what became of it.
    body: body ?? { type: "other", text: "", msgtype: "" },
    send,
    transactionId,
  };
}
