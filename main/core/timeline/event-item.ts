import type { CallId, EventId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { EventItem, MessageBody, Sender } from "../../../preload/contract/models/timeline.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";
import { mxcPath, parseMxc } from "../mxc.ts";
import { oneLine, plainText } from "../text.ts";
import type { EditRow, VoteRow } from "../store/queries/timeline.ts";
import { answeredIn, withoutFallback } from "./answer.ts";
import { externalUrlIn, isMentionOf } from "./mention.ts";
import { fallbackBody, messageBody, stickerBody } from "./message-body.ts";
import { countPoll, isPollStart, parsePoll, pollStarts } from "./poll.ts";
import type { QuotedRow } from "./quote.ts";
import { stateChange } from "./state-change.ts";

// One stored event as the item that shows it, without what its surroundings add (readers, ambiguous names). Pure, and
// it never throws: whatever an event contains, it becomes an item or null, which means hidden.

const MAX_NAME = 255;
const MAX_REASON = 1000;
/** The standard size for round avatars on a dense screen. */
const AVATAR = { width: 96, height: 96, method: "crop" } as const;

export interface People {
  readonly ownUserId: UserId;
  /** What the person is called now, or null. */
  readonly nameOf: (userId: UserId) => string | null;
  /** May this person take back what others say? Then they may end others' polls. */
  readonly mayRedact: (userId: UserId) => boolean;
  /** May this person notify everybody in the room (`@room`)? */
  readonly mayNotifyRoom: (userId: UserId) => boolean;
}

/** The item of a row; `edit` is the edit that counts, or null; `votes` are what refers to a poll. */
export function eventItem(
  row: QuotedRow,
  edit: EditRow | null,
  people: People,
  votes: readonly VoteRow[] = [],
): EventItem | null {
  // An edit is never a row of its own, whatever became of it.
  if (row.relType === "m.replace" && row.stateKey === null) return null;
  const raw = parsed(row.raw);
  const content = objectOf(raw, "content");
  const base = baseOf(row, people.ownUserId);
  if (row.isRedacted !== 0) return redactedItem(row, raw, base, people);
  if (row.stateKey !== null) {
    const change = stateChange({ ...row, stateKey: row.stateKey, content, raw }, people.nameOf);
    return change === null ? null : { ...base, kind: "state", change };
  }
  switch (row.type) {
    case "m.room.message":
      return messageItem(row, content, edit, base, people);
    case "m.sticker": {
      const body = stickerBody(content);
      return body === null
        ? { ...base, kind: "placeholder" }
        : { ...base, kind: "message", body, ...aboutUs(row, content, people), ...sentOf(row, base) };
    }
    case "m.room.encrypted":
      return { ...base, kind: "undecryptable" };
    case "m.call.invite":
      return {
        ...base,
        kind: "call",
        isVideo: offersVideo(content),
        callId: (stringOf(content, "call_id") ?? "") as CallId,
        outcome: "open",
        durationMs: null,
        isElsewhere: false,
      };
    default: {
      const body = isPollStart(row.type)
        ? pollBody(row, content, votes, people)
        : fallbackBody(row.type, content);
      return body === null
        ? null
        : { ...base, kind: "message", body, ...aboutUs(row, content, people), ...sentOf(row, base) };
    }
  }
}

/** A poll that asks nothing still shows its words, as any kind we do not know. */
function pollBody(
  row: QuotedRow,
  content: JsonObject,
  votes: readonly VoteRow[],
  people: People,
): MessageBody | null {
  const poll = parsePoll(content);
  if (poll === null) return fallbackBody(row.type, content);
  return { type: "poll", text: poll.fallback, poll: countPoll(poll, row.sender, votes, people) };
}

/** What any message may say besides its body. */
function aboutUs(
  row: QuotedRow,
  content: JsonObject,
  people: People,
): { readonly relations: null; readonly isMention: boolean; readonly externalUrl: string | null } {
  const isOwn = row.sender === people.ownUserId;
  return {
    relations: null,
    isMention: !isOwn && isMentionOf(content, people.ownUserId, () => people.mayNotifyRoom(row.sender)),
    externalUrl: externalUrlIn(content),
  };
}

type Base = Omit<Extract<EventItem, { kind: "placeholder" }>, "kind">;

function baseOf(row: QuotedRow, ownUserId: UserId): Base {
  // The id a message was sent under is its own device's knowledge; on anybody else's event it means nothing.
  const isFromHere = row.transactionId !== null && row.sender === ownUserId;
  return {
    id: isFromHere ? row.transactionId : row.eventId,
    eventId: row.eventId,
    sender: senderOf(row.sender, row.senderName, row.senderAvatar, ownUserId),
    ts: row.ts,
    readBy: [],
    readByCount: 0,
  };
}

/** A person as shown; without a usable name it is their id (DSP-07). */
export function senderOf(
  userId: UserId,
  name: string | null,
  avatarMxc: string | null,
  ownUserId: UserId,
): Sender {
  return {
    userId,
    // Ids are opaque, and what stands in for a name is shown: cleaned like one.
    name: shownName(name) ?? shownName(userId) ?? "?",
    isAmbiguous: false,
    avatar: avatarPath(avatarMxc),
    isOwn: userId === ownUserId,
  };
}

export function shownName(name: string | null): string | null {
  const text = plainText(name, MAX_NAME);
  return text === null ? null : oneLine(text, MAX_NAME);
}

export function avatarPath(avatarMxc: string | null): string | null {
  const mxc = parseMxc(avatarMxc);
  return mxc === null ? null : mxcPath(mxc, AVATAR);
}

function messageItem(
  row: QuotedRow,
  content: JsonObject,
  edit: EditRow | null,
  base: Base,
  people: People,
): EventItem {
  const edited = edit === null ? null : newContentOf(edit);
  const body =
    (edited === null || edit === null ? null : messageBody(edited, edit.html)) ??
    messageBody(content, row.html);
  if (body === null) return { ...base, kind: "placeholder" };
  const words = answeredIn(content) === null ? body : { ...body, text: withoutFallback(body.text) };
  return {
    ...base,
    kind: "message",
    body: words,
    ...aboutUs(row, edited ?? content, people),
    ...sentOf(row, base),
  };
}

/** The message that the row answers; null for none, and for what is not shown as a message. */
export function answeredBy(row: QuotedRow): EventId | null {
  if (row.type !== "m.room.message" || row.isRedacted !== 0) return null;
  // Cheap, because it is asked of every row: most messages answer none.
  return row.raw.includes("m.in_reply_to") ? answeredIn(objectOf(parsed(row.raw), "content")) : null;
}

/** What the sender's own device shows: it has arrived. For everybody else there is nothing to tell. */
function sentOf(
  row: QuotedRow,
  base: Base,
): { send: { state: "sent" } | null; transactionId: TransactionId | null } {
  const isFromHere = base.sender.isOwn && row.transactionId !== null;
  return {
    send: isFromHere ? { state: "sent" } : null,
    transactionId: isFromHere ? row.transactionId : null,
  };
}

/** Types of which something is left to say when they are redacted. */
const redactedState = new Set(["m.room.member", "m.room.create"]);
const shownWhenRedacted = new Set([
  ...["m.room.message", "m.sticker", "m.room.encrypted", "m.call.invite"],
  ...pollStarts,
]);

function redactedItem(row: QuotedRow, raw: JsonObject, base: Base, people: People): EventItem | null {
  if (row.stateKey !== null && redactedState.has(row.type)) {
    const content = objectOf(raw, "content");
    const change = stateChange({ ...row, stateKey: row.stateKey, content, raw }, people.nameOf);
    return change === null ? null : { ...base, kind: "state", change };
  }
  if (row.stateKey !== null || !shownWhenRedacted.has(row.type)) return null;
  const because = objectOf(objectOf(raw, "unsigned"), "redacted_because");
  const by = (stringOf(because, "sender") ?? stringOf(because, "user_id")) as UserId | null;
  return {
    ...base,
    kind: "redacted",
    redactedBy: by === null ? null : (shownName(people.nameOf(by)) ?? oneLine(by, MAX_NAME)),
    reason: plainText(objectOf(because, "content")["reason"], MAX_REASON),
  };
}

/**
 * The edit that counts: by the same person, of the same type, whole; the newest by time, then by id (spec: Event
 * replacements, validity and applying).
 */
export function validEdit(row: QuotedRow, edits: readonly EditRow[]): EditRow | null {
  if (row.type !== "m.room.message" || row.stateKey !== null || row.relType === "m.replace") return null;
  let newest: EditRow | null = null;
  for (const edit of edits) {
    if (!isEditOf(row, edit)) continue;
    const isNewer =
      newest === null || edit.ts > newest.ts || (edit.ts === newest.ts && edit.eventId > newest.eventId);
    if (isNewer) newest = edit;
  }
  return newest;
}

/** The same person, the same type, and whole (spec: Event replacements, validity). */
export const isEditOf = (row: QuotedRow, edit: EditRow): boolean =>
  edit.sender === row.sender && edit.type === row.type && newContentOf(edit) !== null;

function newContentOf(edit: EditRow): JsonObject | null {
  const content = objectOf(parsed(edit.raw), "content")["m.new_content"];
  return isObject(content) ? content : null;
}

/** An invite's offer has a picture in it. */
export const offersVideo = (content: JsonObject): boolean =>
  /^m=video /m.test(stringOf(objectOf(content, "offer"), "sdp") ?? "");

function parsed(raw: string): JsonObject {
  try {
    const value: unknown = JSON.parse(raw);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
