import type { EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { Queued } from "../../../preload/contract/requests.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";
import { FailureError, invalid } from "../failure.ts";
import type { OutgoingRow } from "../store/queries/sending.ts";
import { enqueue, insert, queuedBefore, type Typed } from "./enqueue.ts";
import { parseContent } from "./parse-content.ts";
import { commit, demandSession, findRow, publishLane, type Queue } from "./queue.ts";
import {
  annotation,
  answerIn,
  mentioning,
  redaction,
  relationOf,
  replacement,
  reply,
  UNSENT_TARGET,
  type Relation,
} from "./relation.ts";
import { carriesFile, withWords } from "./uploads.ts";
import { dropRow, isInHand, remember, retry, rewriteRow } from "./user-actions.ts";

// What the user does to messages: answer, edit, delete, react. What can still be undone here is undone here and never
// reaches the server; everything else is a row, which waits for the message it speaks of (architecture.md, 4.B, 6).
// Each is one durable step, and the same under the same transaction id.

/** Which action, on what. */
export interface Act {
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  readonly target: MessageTarget;
}

type Where = Pick<Act, "roomId" | "target">;

/** Where the target is now: an event, or a row that is not sent. */
export type Place =
  | { readonly eventId: EventId; readonly row?: undefined }
  | { readonly eventId: null; readonly row: OutgoingRow };

/** Sends an answer. */
export function sendReply(
  queue: Queue,
  act: Act & Pick<Typed, "eventType" | "content" | "uploads" | "alongside">,
): Queued {
  const known = repeated(queue, act);
  if (known !== null) return known;
  const place = demandPlace(queue, act);
  const answered = place.eventId === null ? null : othersWords(queue, act.roomId, place.eventId);
  const content = reply(nameOf(place), answered, act.content);
  return enqueue(queue, { ...act, content, ...waitingFor(place) });
}

/** Who wrote it, where that is known and not us. */
export function othersWords(queue: Queue, roomId: RoomId, eventId: EventId): UserId | null {
  const sender = queue.known.senderOf.get({ roomId, eventId })?.sender ?? null;
  return sender === queue.session()?.userId ? null : sender;
}

/** `isCaption`: they are said of a file, which stays. */
type NewWords = Act & { readonly content: JsonObject; readonly isCaption?: boolean };

/** Words must not take the place of a file that is not known here. */
function demandFile(queue: Queue, { roomId }: Act, place: Place): void {
  const first = firstVersion(queue, demandSession(queue).userId, roomId, place);
  if (first === null || !carriesFile(first)) throw new FailureError(invalid("there is no such file"));
}

/** New words for a message: its own row is rewritten, or an edit that has not gone out, or else there is one more edit. */
export function editMessage(queue: Queue, act: NewWords): Queued {
  const place = demandPlace(queue, act, repeated(queue, act));
  if ("queuedAt" in place) return place;
  if (act.isCaption === true) demandFile(queue, act, place);
  return step(queue, act, (userId) => {
    if (place.row !== undefined && isInHand(queue, place.row)) {
      rewriteRow(queue, place.row, act.content);
      return done(queue, act, userId);
    }
    const edits = spokenOf(queue, userId, act.roomId, place).filter(
      ({ relation }) => relation.does === "edit",
    );
    const earlier = edits.find(({ row }) => isInHand(queue, row));
    const others = edits.flatMap(({ row }) => (row === earlier?.row ? [] : [row]));
    const edit = editOf(queue, userId, act, place, others);
    if (earlier === undefined) return insert(queue, userId, { ...act, content: edit, ...waitingFor(place) });
    rewriteRow(queue, earlier.row, edit);
    return done(queue, act, userId);
  });
}

/** The edit, with those it newly mentions. Whoever is answered stays mentioned. */
function editOf(
  queue: Queue,
  userId: UserId,
  { roomId, content }: Act & { readonly content: JsonObject },
  place: Place,
  underWay: readonly OutgoingRow[],
): JsonObject {
  const first = firstVersion(queue, userId, roomId, place);
  if (first === null) return replacement(nameOf(place), content);
  const answered = answerIn(first)?.target ?? null;
  const author = answered === null ? null : othersWords(queue, roomId, answered);
  const known =
    place.eventId === null ? [] : queue.known.ownEdits.all({ userId, roomId, target: place.eventId });
  const edits = [...known.map(({ raw }) => contentIn(raw)), ...underWay.map(rowContent)];
  const said = [first, ...edits.filter((one) => one !== null)];
  // An edit may have brought another file.
  const newest = said.map((one) => (isObject(one["m.new_content"]) ? one["m.new_content"] : one)).at(-1);
  const fresh = withWords(withoutRelation(newest ?? first), content);
  const words = author === null ? fresh : { ...fresh, "m.mentions": mentioning(fresh, author) };
  return replacement(nameOf(place), words, said);
}

function withoutRelation({
  "m.relates_to": _relation,
  "m.new_content": _edit,
  ...content
}: JsonObject): JsonObject {
  return content;
}

/** What the message said first; null where that is not known here. */
function firstVersion(queue: Queue, userId: UserId, roomId: RoomId, place: Place): JsonObject | null {
  if (place.row !== undefined) return rowContent(place.row);
  const { eventId } = place;
  const known = queue.known.ownEvent.get({ userId, roomId, eventId });
  if (known !== undefined) return contentIn(known.raw);
  const row = queue.rows.laneRows.all({ userId, roomId }).find((one) => one.eventId === eventId);
  return row === undefined ? null : rowContent(row);
}

const rowContent = (row: OutgoingRow): JsonObject | null => parseContent(row.eventType, row.content);
function contentIn(raw: string): JsonObject | null {
  const value: unknown = JSON.parse(raw);
  return isObject(value) ? objectOf(value, "content") : null;
}

/** Deletes a message: a row that is in hand simply goes, with what speaks of it. */
export function redactMessage(queue: Queue, act: Act & { readonly reason: string | null }): Queued {
  const place = demandPlace(queue, act, repeated(queue, act));
  if ("queuedAt" in place) return place;
  const waiting = spokenOf(queue, demandSession(queue).userId, act.roomId, place).find(
    ({ relation }) => relation.does === "redact",
  );
  // It is being deleted; where that has failed the user wants it tried again.
  if (waiting !== undefined) {
    retry(queue, act.roomId, waiting.row.transactionId);
    return { queuedAt: waiting.row.queuedAt };
  }
  return step(queue, act, (userId) => {
    if (place.row !== undefined && isInHand(queue, place.row)) {
      dropRow(queue, place.row);
      return done(queue, act, userId);
    }
    // What would be said of it needs not be said any more.
    for (const { row, relation } of spokenOf(queue, userId, act.roomId, place)) {
      if (relation.does !== "redact" && isInHand(queue, row)) dropRow(queue, row);
    }
    return insertRedaction(queue, userId, act, place, act.reason);
  });
}

/** A reaction; `shortcode` where the key is a picture, for those who do not see it. */
export type Reacting = Act & { readonly key: string; readonly shortcode?: string };

/** Adds our reaction; nothing where it is there already. */
export function react(queue: Queue, act: Reacting): Queued {
  const place = demandPlace(queue, act, repeated(queue, act));
  if ("queuedAt" in place) return place;
  return step(queue, act, (userId) => {
    const ours = ownReactions(queue, userId, act.roomId, place, act.key);
    const leaving = ours.find(({ redactedBy }) => redactedBy !== null && isInHand(queue, redactedBy));
    if (leaving?.redactedBy !== undefined && leaving.redactedBy !== null) {
      dropRow(queue, leaving.redactedBy);
      return done(queue, act, userId);
    }
    if (ours.some(({ redactedBy }) => redactedBy === null)) return done(queue, act, userId);
    const content = annotation(nameOf(place), act.key, act.shortcode ?? null);
    return insert(queue, userId, { ...act, eventType: "m.reaction", content, ...waitingFor(place) });
  });
}

/** Takes our reaction back; nothing where there is none. */
export function unreact(queue: Queue, act: Act & { readonly key: string }): Queued {
  const place = demandPlace(queue, act, repeated(queue, act));
  if ("queuedAt" in place) return place;
  return step(queue, act, (userId) => {
    let { transactionId } = act;
    let isParked = false;
    for (const reaction of ownReactions(queue, userId, act.roomId, place, act.key)) {
      if (reaction.redactedBy !== null) continue;
      if (reaction.place.row !== undefined && isInHand(queue, reaction.place.row)) {
        dropRow(queue, reaction.place.row);
        continue;
      }
      if (insertRedaction(queue, userId, { ...act, transactionId }, reaction.place, null)) isParked = true;
      // Ours twice, from two devices: each is an event to be taken back.
      transactionId = queue.random.token() as TransactionId;
    }
    return transactionId === act.transactionId ? done(queue, act, userId) : isParked;
  });
}

function insertRedaction(
  queue: Queue,
  userId: UserId,
  { roomId, transactionId }: Pick<Act, "roomId" | "transactionId">,
  place: Place,
  reason: string | null,
): boolean {
  const content = redaction(nameOf(place), reason);
  return insert(queue, userId, {
    ...{ roomId, transactionId, content, eventType: "m.room.redaction" },
    ...waitingFor(place),
  });
}

/** One commit and its publication. `work` answers whether the number of unsent messages may be another. */
function step(queue: Queue, { roomId }: Act, work: (userId: UserId) => boolean): Queued {
  const { userId } = demandSession(queue);
  const isCountTouched = commit(queue, () => work(userId));
  publishLane(queue, roomId, isCountTouched);
  return { queuedAt: queue.clock.now() };
}

/** Nothing goes out under this transaction id: what was asked is done. */
function done(queue: Queue, { roomId, transactionId }: Act, userId: UserId): true {
  remember(queue, { roomId, transactionId, userId, queuedAt: queue.clock.now() }, "replaced");
  return true;
}

export function repeated(queue: Queue, act: Pick<Act, "roomId" | "transactionId">): Queued | null {
  const { userId } = demandSession(queue);
  const queuedAt = queuedBefore(queue, { ...act, userId });
  return queuedAt === null ? null : { queuedAt };
}

export function demandPlace(queue: Queue, act: Where): Place;
export function demandPlace(queue: Queue, act: Where, known: Queued | null): Place | Queued;
export function demandPlace(
  queue: Queue,
  { roomId, target }: Where,
  known: Queued | null = null,
): Place | Queued {
  const place = known ?? placeOf(queue, roomId, target);
  if (place === null) throw new FailureError(invalid("there is no such message"));
  return place;
}

/** Null where there is no such message. */
export function placeOf(queue: Queue, roomId: RoomId, target: MessageTarget): Place | null {
  if (target.eventId !== null) return { eventId: target.eventId };
  const userId = queue.session()?.userId;
  if (target.transactionId === null || userId === undefined) return null;
  const transactionId = currentId(queue, target.transactionId);
  const row = findRow(queue, roomId, transactionId);
  if (row !== undefined) return rowPlace(row);
  const found =
    queue.known.eventByTransaction.get({ transactionId, roomId, userId })?.eventId ??
    settledEvent(queue, roomId, userId, transactionId);
  return found === null ? null : { eventId: found };
}

/** The transaction id it goes under now: an edit of an attempted message gives it another one. */
export function currentId(queue: Queue, transactionId: TransactionId): TransactionId {
  const next = queue.rows.settledByTransaction.get({ transactionId })?.replacedBy ?? null;
  return next === null ? transactionId : currentId(queue, next);
}

function settledEvent(queue: Queue, roomId: RoomId, userId: UserId, transactionId: TransactionId) {
  const settled = queue.rows.settledByTransaction.get({ transactionId });
  return settled?.roomId === roomId && settled.userId === userId ? settled.eventId : null;
}

const rowPlace = (row: OutgoingRow): Place =>
  row.eventId === null ? { eventId: null, row } : { eventId: row.eventId };

export const nameOf = (place: Place): EventId => place.eventId ?? UNSENT_TARGET;

export const waitingFor = ({ row }: Place): { readonly dependsOn?: number } =>
  row === undefined ? {} : { dependsOn: row.seq };

interface Speaking {
  readonly row: OutgoingRow;
  readonly relation: Relation;
}

/** Our rows that react to, edit or delete the target, as far as they have not left. */
function spokenOf(queue: Queue, userId: UserId, roomId: RoomId, place: Place): readonly Speaking[] {
  return queue.rows.laneRows.all({ userId, roomId }).flatMap((row) => {
    const content = parseContent(row.eventType, row.content);
    const relation = content === null ? null : relationOf(row.eventType, content);
    if (relation === null) return [];
    const isMeant =
      place.row === undefined ? relation.target === place.eventId : row.dependsOn === place.row.seq;
    return isMeant ? [{ row, relation }] : [];
  });
}

interface OwnReaction {
  readonly place: Place;
  /** The row that takes it back, if there is one. */
  readonly redactedBy: OutgoingRow | null;
}

/** Our reactions with that key: those the cache knows, and those on their way. */
function ownReactions(
  queue: Queue,
  userId: UserId,
  roomId: RoomId,
  place: Place,
  key: string,
): readonly OwnReaction[] {
  const known =
    place.eventId === null ? [] : queue.known.ownReactions.all({ userId, roomId, target: place.eventId });
  const arrived = new Set(known.filter(({ raw }) => keyOf(raw) === key).map(({ eventId }) => eventId));
  const underWay = spokenOf(queue, userId, roomId, place)
    .filter(({ relation }) => relation.does === "react" && relation.key === key)
    .map(({ row }) => rowPlace(row));
  for (const { eventId } of underWay) if (eventId !== null) arrived.delete(eventId);
  return [...[...arrived].map((eventId): Place => ({ eventId })), ...underWay].map((one) => ({
    place: one,
    redactedBy:
      spokenOf(queue, userId, roomId, one).find(({ relation }) => relation.does === "redact")?.row ?? null,
  }));
}

function keyOf(raw: string): string | null {
  const value: unknown = JSON.parse(raw);
  return isObject(value) ? stringOf(objectOf(objectOf(value, "content"), "m.relates_to"), "key") : null;
}
