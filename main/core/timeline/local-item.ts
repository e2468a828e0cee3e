import type { EventId, TransactionId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { EventItem, MessageBody, SendState, Sender } from "../../../preload/contract/models/timeline.ts";
import { stringOf, type JsonObject } from "../event.ts";
import { messageBody, stickerBody } from "./message-body.ts";
import { countPoll, isPollStart, noVotes, parsePoll } from "./poll.ts";

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
  /** What it does to another message, known by its event id or by what that one waits under; null for none. */
  readonly relation: LocalRelation | null;
  /** The files it carries, where they lie on this disk. */
  readonly staged?: { readonly file: string; readonly thumbnail: string | null };
  /** The root of the thread it stands in, by its event id, or by the transaction id it waits under; null for none. */
  readonly thread?: MessageTarget | null;
}

export interface LocalRelation {
  readonly does: "react" | "edit" | "redact" | "reply";
  readonly eventId: EventId | null;
  readonly transactionId: TransactionId | null;
  /** Of a reaction. */
  readonly key: string | null;
}

/** The local echo of a message; null for what is no row of its own (reactions, edits, redactions). Pure. */
export function localItem(
  local: LocalRow,
  self: Sender,
  cleanHtml: (html: string) => string | null,
): EventItem | null {
  const { eventType, transactionId, eventId, send } = local;
  if (eventType !== "m.room.message" && eventType !== "m.sticker" && !isPollStart(eventType)) return null;
  if (local.relation !== null && local.relation.does !== "reply") return null;
  const body = bodyOf(local, cleanHtml, self);
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
    isMention: false,
    externalUrl: null,
    send,
    transactionId,
    relations: null,
  };
}

/** The body of content of ours, cleaned like anybody's. */
export function localBody(
  content: JsonObject,
  cleanHtml: (html: string) => string | null,
): MessageBody | null {
  const isFormatted = content["format"] === "org.matrix.custom.html";
  const formatted = isFormatted ? stringOf(content, "formatted_body") : null;
  return messageBody(content, formatted === null ? null : cleanHtml(formatted));
}

function bodyOf(
  { content, eventType, staged }: LocalRow,
  cleanHtml: (html: string) => string | null,
  self: Sender,
): MessageBody | null {
  if (eventType === "m.sticker") return stickerBody(content);
  if (!isPollStart(eventType)) return withStaged(localBody(content, cleanHtml), staged);
  const poll = parsePoll(content);
  if (poll === null) return null;
  const people = { ownUserId: self.userId, mayRedact: () => false };
  return { type: "poll", text: poll.fallback, poll: countPoll(poll, self.userId, noVotes, people) };
}

/** Shown from this disk: the server may not have the file yet, and need not give it back. */
function withStaged(body: MessageBody | null, staged: LocalRow["staged"]): MessageBody | null {
  if (body === null || staged === undefined || !("media" in body)) return body;
  const shown = staged.thumbnail ?? (body.type === "image" ? staged.file : null);
  const thumbnail = shown === null ? null : `staged/${shown}`;
  return { ...body, media: { ...body.media, file: `staged/${staged.file}`, thumbnail } };
}
