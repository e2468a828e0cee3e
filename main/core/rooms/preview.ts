import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import { isObject, objectOf, parseEvent, stringOf, type MatrixEvent } from "../event.ts";
import type { RoomQueries, RoomRow } from "../store/queries/rooms.ts";
import { memberName } from "./row.ts";
import type { RoomWriterDeps } from "./writer.ts";

// The preview line of a room and the time it is sorted by.

/** The row after `added` have come: the newest of them that has a preview gives it. */
export function withPreview(
  deps: RoomWriterDeps,
  queries: RoomQueries,
  row: RoomRow,
  added: readonly MatrixEvent[],
  ownUserId: UserId,
): RoomRow {
  const calls = { deps, queries, roomId: row.roomId, ownUserId };
  const newest = newestPreview(calls, [...added].reverse());
  const changesShown = (event: MatrixEvent): boolean =>
    isEditOf(event, row.previewEventId) || isOfShownCall(event, row);
  if (newest === null && added.some(changesShown)) {
    const changed = renewed(deps, queries, row, ownUserId);
    return { ...changed, lastActivityTs: Math.max(row.lastActivityTs, activityOf(deps, added.at(-1))) };
  }
  if (newest === null)
    return row.lastActivityTs > 0 ? row : { ...row, lastActivityTs: activityOf(deps, added.at(-1)) };
  return { ...shown(queries, row, newest, ownUserId), lastActivityTs: activityOf(deps, newest.event) };
}

/**
 * The row once the content of `eventId` is gone: its words are looked for among what is stored now. `edited` is the
 * event it was an edit of, if it was one.
 */
export function withoutPreviewOf(
  deps: RoomWriterDeps,
  queries: RoomQueries,
  row: RoomRow,
  eventId: EventId,
  edited: EventId | null,
  ownUserId: UserId,
): RoomRow {
  const isShown = row.previewEventId === eventId || (edited !== null && row.previewEventId === edited);
  return isShown ? renewed(deps, queries, row, ownUserId) : row;
}

/** The preview made anew of what is stored and may be shown. */
export function renewed(
  deps: RoomWriterDeps,
  queries: RoomQueries,
  row: RoomRow,
  ownUserId: UserId,
): RoomRow {
  const { roomId } = row;
  const newest = newestPreview({ deps, queries, roomId, ownUserId }, storedEvents(queries, roomId));
  return newest === null
    ? { ...row, preview: null, previewEventId: null }
    : shown(queries, row, newest, ownUserId);
}

/** As it is stored: the call is known by its id, so that the list can say whether it goes on. */
export type StoredPreview = RoomPreview & { readonly callId?: string };

interface Newest {
  readonly event: MatrixEvent;
  readonly preview: StoredPreview;
}

interface Looking {
  readonly deps: RoomWriterDeps;
  readonly queries: RoomQueries;
  readonly roomId: RoomId;
  readonly ownUserId: UserId;
}

function shown(queries: RoomQueries, row: RoomRow, { event, preview }: Newest, ownUserId: UserId): RoomRow {
  const isOwn = event.sender === ownUserId;
  const isPair = row.directUserId !== null || row.joinedCount + row.invitedCount <= 2;
  const sender = isOwn || isPair ? null : memberName(queries, row.roomId, event.sender);
  return {
    ...row,
    preview: JSON.stringify({ ...preview, sender, isOwn } satisfies StoredPreview),
    previewEventId: event.eventId,
  };
}

const activityOf = (deps: RoomWriterDeps, event: MatrixEvent | undefined): number =>
  event === undefined ? 0 : Math.min(event.originServerTs, deps.now());

function newestPreview(looking: Looking, newestFirst: readonly MatrixEvent[]): Newest | null {
  const { deps, queries } = looking;
  for (const event of newestFirst) {
    // What is said by people who are ignored is not sent; it may have been on its way.
    if (event.stateKey === null && queries.isIgnored.get({ userId: event.sender }) !== undefined) continue;
    // Neither an edit nor what is left of one is a message of its own.
    if (objectOf(event.content, "m.relates_to")["rel_type"] === "m.replace") continue;
    // The event as it came may have been redacted by another of the same response, or one before it (RED-09).
    const isRedacted = queries.isRedacted.get({ eventId: event.eventId }) !== undefined;
    const preview =
      event.type === "m.call.invite" && !isRedacted
        ? callPreview(looking, event)
        : deps.buildPreview(isRedacted ? withoutContent(event) : withLastWords(queries, event));
    if (preview !== null) return { event, preview };
  }
  return null;
}

/** A call in one line, as far as its events are stored by now. */
function callPreview(
  { deps, queries, roomId, ownUserId }: Looking,
  invite: MatrixEvent,
): StoredPreview | null {
  const callId = stringOf(invite.content, "call_id");
  if (callId === null || invite.stateKey !== null) return null;
  const followers = storedEvents(queries, roomId).filter(({ eventId }) => eventId !== invite.eventId);
  const call = deps.callPreview(invite, followers.filter(isCall).reverse(), ownUserId);
  if (call === null || call === undefined) return null;
  return { sender: null, isOwn: false, kind: "call", text: "", call, callId };
}

const isCall = ({ type, stateKey }: MatrixEvent): boolean => stateKey === null && type.startsWith("m.call.");

/** The call in the row goes on, or ends: only what decides about that is worth a look. */
function isOfShownCall(event: MatrixEvent, row: RoomRow): boolean {
  const isNews = /^m\.call\.(answer|reject|hangup)$/.test(event.type);
  if (!isNews || row.preview === null) return false;
  return (JSON.parse(row.preview) as StoredPreview).kind === "call";
}

const isEditOf = ({ content }: MatrixEvent, eventId: EventId | null): boolean => {
  const relation = objectOf(content, "m.relates_to");
  return eventId !== null && relation["rel_type"] === "m.replace" && relation["event_id"] === eventId;
};

/** The event as its newest edit has it; one without whole content counts for nothing. */
function withLastWords(queries: RoomQueries, event: MatrixEvent): MatrixEvent {
  if (event.stateKey !== null || event.type !== "m.room.message") return event;
  const found = queries.newestEdit.get({ eventId: event.eventId });
  const edit = found === undefined ? null : parseEvent(JSON.parse(found.raw));
  const content = edit?.content["m.new_content"];
  return isObject(content) ? { ...event, content } : event;
}

/** Enough of a redacted event to be recognised as one. */
function withoutContent(event: MatrixEvent): MatrixEvent {
  const unsigned = { redacted_because: {} };
  return { ...event, content: {}, unsigned, raw: { ...event.raw, content: {}, unsigned } };
}

function storedEvents(queries: RoomQueries, roomId: RoomId): MatrixEvent[] {
  return queries.newestEvents
    .all({ roomId })
    .map((row) => parseEvent(JSON.parse(row.raw)))
    .filter((event) => event !== null);
}
