import type { EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import {
  isObject,
  numberOf,
  objectOf,
  parseEvent,
  redactsOf,
  type JsonObject,
  type MatrixEvent,
} from "../event.ts";
import type { Store } from "../store/store.ts";
import {
  profileGuessed,
  profileSettled,
  profileUnknown,
  timelineQueries,
  type Place,
  type Segment,
} from "../store/queries/timeline.ts";
import { ignoringQueries } from "../store/queries/ignoring.ts";
import { threadQueries } from "../store/queries/threads.ts";
import { bundledReply, withBundledThread, withoutBundledReply, withoutDeleted } from "./bundle.ts";
import { historyProfiles, type KnownProfile } from "./history-profiles.ts";
import { memberOf, ownProfileIn, profileBefore, profileIn, type Profile } from "./profile.ts";
import { receiptWriter } from "./receipts.ts";
import { redactedBecause, stripRedacted } from "./redact.ts";
import { jsonOf, storedEvent } from "./stored-event.ts";
import { TouchedRows } from "./touched.ts";

// Brings events into the store, at their place. Content is kept apart from position; history is made of segments,
// each without holes. The rules were checked against an oracle over random rooms (architecture.md, section 6 and
// Appendix B; segments.model.test.ts keeps the check): change them only together with the model.

export interface TimelineChunk {
  readonly events: readonly MatrixEvent[];
  readonly isLimited: boolean;
  readonly prevBatch: string | null;
}

export interface AppendHooks {
  /** What the person is called now, with everything before this event applied; null when nobody told us. */
  profileOf(userId: UserId): Profile | null;
  /** Called once for each event that is new, after its row was written. */
  onStored(event: MatrixEvent): void;
}

export interface Appended {
  /** Events that are new, in order. */
  readonly added: readonly EventId[];
  /** Stored events whose content is gone now. */
  readonly redacted: readonly EventId[];
}

export interface HistoryPage {
  /** Newest first, as `/messages?dir=b` gives them. */
  readonly events: readonly MatrixEvent[];
  /** Members that came beside the page (lazy loading). Never current state (DSP-06). */
  readonly state: readonly MatrixEvent[];
  /** The token for the next older page; null at the start of what we may see. */
  readonly end: string | null;
}

export interface Prepended {
  /** The token used was not the stored one any more: nothing was done. */
  readonly isStale: boolean;
  /** Newest first. */
  readonly added: readonly EventId[];
  readonly redacted: readonly EventId[];
}

export interface TimelineWriterOptions {
  readonly store: Pick<Store, "cache">;
  readonly cleanHtml: (html: string) => string | null;
  /**
   * Called inside the transaction for every redaction, also of events that have no place here (state that came beside
   * a timeline). `old` is the stored event before it lost its content; null when it is not stored.
   */
  readonly onRedaction?: (roomId: RoomId, eventId: EventId, old: JsonObject | null) => void;
}

/** All functions are for use inside the caller's transaction on the cache. */
export interface TimelineWriter {
  append(roomId: RoomId, chunk: TimelineChunk, hooks: AppendHooks): Appended;
  prepend(roomId: RoomId, segment: number, token: string, page: HistoryPage): Prepended;
  /**
   * Places of this room have holes that nobody can point at: all of it is to be read from the server again, back from
   * this token (null: from what the next chunk says). What is stored stays, and is placed anew as pages bring it.
   */
  readAgain(roomId: RoomId, token: string | null): void;
  /** Stores an event that came by itself and has no place yet; nothing where it is stored already. */
  keep(roomId: RoomId, event: MatrixEvent): void;
  /** The content of an `m.receipt` event. True when something changed. */
  applyReceipts(roomId: RoomId, content: JsonObject): boolean;
  /** A profile learnt beside the timeline: names rows that have no name yet, and only those (STA-16). */
  learnProfile(roomId: RoomId, userId: UserId, profile: Profile): void;
  /** Says that an event is the one we sent under this id, for servers that leave out `transaction_id`. */
  claim(roomId: RoomId, eventId: EventId, transactionId: TransactionId, ownUserId: UserId): void;
  /** What changed in watched rooms; the topic's side of it. */
  readonly touched: TouchedRows;
}

export function createTimelineWriter(options: TimelineWriterOptions): TimelineWriter {
  const { cleanHtml } = options;
  const q = timelineQueries(options.store.cache);
  const forgetting = ignoringQueries(options.store.cache);
  const touched = new TouchedRows();
  const profiles = historyProfiles(q, touched);

  function append(roomId: RoomId, chunk: TimelineChunk, hooks: AppendHooks): Appended {
    const segments = q.segments.all({ roomId });
    const newest = segments.at(-1);
    const tail =
      newest === undefined ? undefined : q.newestEventId.get({ roomId, segment: newest.segment })?.eventId;
    const at = tail === undefined ? -1 : chunk.events.findLastIndex((event) => event.eventId === tail);
    const isJoined = at >= 0;
    // The newest may hold nothing: history that is to be read again. Its hole is then part of this one, under a number
    // of its own: who waits for a gap sees one (settle.ts).
    const isEmpty = newest !== undefined && tail === undefined;
    const isNewSegment = newest === undefined || (chunk.isLimited && !isJoined);
    const segment = newest === undefined ? 0 : isNewSegment ? newest.segment + 1 : newest.segment;
    if (isNewSegment && isEmpty) q.forgetSegment.run({ roomId, segment: newest.segment });
    if (isNewSegment) q.insertSegment.run({ roomId, segment, prevBatch: chunk.prevBatch });
    let position = (q.edges.get({ roomId, segment })?.highest ?? -1) + 1;
    const added: EventId[] = [];
    const redacted: EventId[] = [];
    for (const event of isJoined ? chunk.events.slice(at + 1) : chunk.events) {
      if (q.place.get({ eventId: event.eventId }) !== undefined) continue;
      const stored = put(roomId, event, { segment, position }, liveProfile(event, hooks), redacted);
      position += 1;
      added.push(event.eventId);
      nameLateComer(roomId, event);
      hooks.onStored(stored);
    }
    return { added, redacted };
  }

  /** A person whose earlier messages had no name to show, and who now has one (STA-16). */
  function nameLateComer(roomId: RoomId, event: MatrixEvent): void {
    const about = memberOf(event);
    const profile = about === null ? null : (profileBefore(event.raw) ?? profileIn(event.content));
    if (about !== null && profile !== null) profiles.fillUnknown(roomId, about as UserId, profile);
  }

  function prepend(roomId: RoomId, segment: number, token: string, page: HistoryPage): Prepended {
    const segments = q.segments.all({ roomId });
    if (segments.find((one) => one.segment === segment)?.prevBatch !== token)
      return { isStale: true, added: [], redacted: [] };
    const { fresh, isClosed } = newIn(roomId, segment, page.events);
    const lowest = q.edges.get({ roomId, segment })?.lowest ?? null;
    // A server that answers an empty page with the token we came with has nothing older.
    const isEnd = page.end === null || (page.end === token && page.events.length === 0);
    const prevBatch = isClosed || isEnd ? null : page.end;
    q.setPrevBatch.run({ roomId, segment, prevBatch });
    const state = membersIn(page.state);
    const inHistory = {
      roomId,
      segment,
      segments: segments.map((one): Segment => (one.segment === segment ? { segment, prevBatch } : one)),
      oldestBefore: lowest === null ? null : { segment, position: lowest },
      events: fresh,
      state,
    };
    const known = profiles.ofPage(inHistory);
    const redacted: EventId[] = [];
    fresh.forEach((event, i) => {
      const place = { segment, position: (lowest ?? 1) - 1 - i };
      put(roomId, event, place, known[i] ?? unknown, redacted);
    });
    profiles.settleNewer(inHistory, (eventId) => q.place.get({ eventId }));
    if (isClosed) profiles.settleAcross(roomId, inHistory.segments, segment);
    for (const [userId, profile] of state) profiles.fillUnknown(roomId, userId as UserId, profile);
    return { isStale: false, added: fresh.map((event) => event.eventId), redacted };
  }

  /** The events of a page that are new, up to the first that an older segment has: there the gap closes. */
  function newIn(
    roomId: RoomId,
    segment: number,
    events: readonly MatrixEvent[],
  ): { fresh: MatrixEvent[]; isClosed: boolean } {
    const fresh: MatrixEvent[] = [];
    const seen = new Set<EventId>();
    for (const event of events) {
      const place = q.place.get({ eventId: event.eventId });
      if (place !== undefined && place.roomId === roomId && place.segment < segment)
        return { fresh, isClosed: true };
      if (place !== undefined || seen.has(event.eventId)) continue;
      seen.add(event.eventId);
      fresh.push(event);
    }
    return { fresh, isClosed: false };
  }

  /** Writes one new event at its place, redacted if it must be, and does what it does to others. Answers it as stored. */
  function put(
    roomId: RoomId,
    given: MatrixEvent,
    place: Place,
    profile: KnownProfile,
    redacted: EventId[],
  ): MatrixEvent {
    const event = withoutBundledReply(given);
    // Asked in this order: what the server stripped already names its redaction best.
    const because =
      redactedBecause(event.raw) ?? redactionOf(roomId, event.eventId) ?? redactionOfEdited(roomId, event);
    const row = storedEvent(roomId, event, profile, because, cleanHtml);
    q.insertEvent.run(row);
    q.insertPlace.run({ roomId, ...place, eventId: event.eventId });
    if (row.relatesTo !== null) touched.note(roomId, row.relatesTo as EventId);
    if (because === null) putBundled(roomId, given);
    const redacts = redactsOf(event);
    if (redacts !== null && because === null && redact(roomId, redacts, event)) redacted.push(redacts);
    return because === null ? event : (parseEvent(stripRedacted(event.raw, because)) ?? event);
  }

  function redactionOf(roomId: RoomId, eventId: EventId): JsonObject | null {
    const found = q.redaction.get({ roomId, eventId });
    if (found === undefined) return null;
    const raw: unknown = JSON.parse(found.raw);
    return isObject(raw) ? raw : {};
  }

  /** The words of an edit go with the message they were for (RED-02). */
  function redactionOfEdited(roomId: RoomId, event: MatrixEvent): JsonObject | null {
    const edited = editedIn(event.content);
    return edited === null ? null : redactionOf(roomId, edited);
  }

  /**
   * The newest edit comes inside the event it edits, the newest reply inside the root of its thread, often long before (or
   * instead of) their own places in history.
   */
  function putBundled(roomId: RoomId, event: MatrixEvent): void {
    for (const bundled of [bundledEdit(event), bundledReply(event)]) {
      if (bundled === null || q.storedEvent.get({ eventId: bundled.eventId }) !== undefined) continue;
      const because = redactedBecause(bundled.raw) ?? redactionOf(roomId, bundled.eventId);
      if (because !== null) continue;
      q.insertEvent.run(storedEvent(roomId, bundled, guessed(roomId, bundled.sender), null, cleanHtml));
      putBundled(roomId, bundled);
    }
  }

  function guessed(roomId: RoomId, userId: UserId): KnownProfile {
    const member = q.member.get({ roomId, userId });
    return member === undefined ? unknown : { ...member, quality: profileGuessed };
  }

  /** True when the target is stored and its content was still here. */
  function redact(roomId: RoomId, redacts: EventId, event: MatrixEvent): boolean {
    const raw = jsonOf(event.raw);
    q.insertRedaction.run({ redacts, roomId, eventId: event.eventId, raw });
    const target = q.storedEvent.get({ eventId: redacts });
    if (target !== undefined && target.roomId !== roomId) return false;
    // Also what is not stored may be on the screen: a timeline around an event somebody jumped to.
    touched.note(roomId, redacts);
    if (target === undefined) options.onRedaction?.(roomId, redacts, null);
    if (target === undefined || target.isRedacted !== 0) return false;
    const old = strip(roomId, redacts, target.raw, event);
    if (target.relatesTo !== null)
      forgetBundle(roomId, target.relatesTo, {
        eventId: redacts,
        relType: target.relType,
        ts: numberOf(old, "origin_server_ts"),
      });
    for (const edit of q.allEditsOf.all({ roomId, eventId: redacts })) {
      if (edit.sender === target.sender) strip(roomId, edit.eventId, edit.raw, event);
    }
    if (target.type === "m.room.member" && target.stateKey !== null) {
      const place = q.place.get({ eventId: redacts });
      const gone = profileIn(objectOf(old, "content"));
      if (place !== undefined && gone !== null)
        profiles.forget(roomId, target.stateKey as UserId, place, gone);
    }
    return true;
  }

  /** Takes the content out of a stored event, and tells whoever keeps copies of it. */
  function strip(roomId: RoomId, eventId: EventId, stored: string, because: MatrixEvent): JsonObject {
    const value: unknown = JSON.parse(stored);
    const old = isObject(value) ? value : {};
    q.stripEvent.run({ eventId, raw: jsonOf(stripRedacted(old, because.raw)) });
    touched.note(roomId, eventId);
    options.onRedaction?.(roomId, eventId, old);
    return old;
  }

  /** The event that carried the redacted one inside itself (an edit) must not keep its words either (RED-02). */
  function forgetBundle(
    roomId: RoomId,
    eventId: EventId,
    deleted: Parameters<typeof withoutDeleted>[1],
  ): void {
    touched.note(roomId, eventId);
    const carrier = q.storedEvent.get({ eventId });
    if (carrier === undefined || carrier.roomId !== roomId) return;
    const raw: unknown = JSON.parse(carrier.raw);
    const left = isObject(raw) ? withoutDeleted(raw, deleted) : null;
    if (left !== null) q.rewriteEvent.run({ eventId, raw: jsonOf(left) });
  }

  function readAgain(roomId: RoomId, token: string | null): void {
    // A new number: who waits for a gap sees one.
    const segment = (q.segments.all({ roomId }).at(-1)?.segment ?? -1) + 1;
    forgetting.forgetPlaces.run({ roomId });
    forgetting.forgetSegments.run({ roomId });
    q.insertSegment.run({ roomId, segment, prevBatch: token });
  }

  function keep(roomId: RoomId, given: MatrixEvent): void {
    const stored = q.storedEvent.get({ eventId: given.eventId });
    const event = withoutBundledReply(given);
    if (stored !== undefined) return learnThread(roomId, stored, given, event);
    const because = redactedBecause(event.raw) ?? redactionOf(roomId, event.eventId);
    const row = storedEvent(roomId, event, guessed(roomId, event.sender), because, cleanHtml);
    q.insertEvent.run(row);
    if (because === null) putBundled(roomId, given);
    touched.note(roomId, event.eventId);
    if (row.relatesTo !== null) touched.note(roomId, row.relatesTo as EventId);
  }

  /** The server counts the thread of a stored root anew. */
  function learnThread(
    roomId: RoomId,
    stored: { readonly roomId: RoomId; readonly raw: string; readonly isRedacted: number },
    given: MatrixEvent,
    event: MatrixEvent,
  ): void {
    const raw: unknown = JSON.parse(stored.raw);
    if (stored.roomId !== roomId || stored.isRedacted !== 0 || !isObject(raw)) return;
    const learned = withBundledThread(raw, event.raw);
    if (learned === null) return;
    q.rewriteEvent.run({ eventId: event.eventId, raw: jsonOf(learned) });
    putBundled(roomId, given);
    touched.note(roomId, event.eventId);
  }

  return {
    append,
    prepend,
    readAgain,
    keep,
    applyReceipts: receiptWriter(q, threadQueries(options.store.cache), touched),
    learnProfile: (roomId, userId, profile) => profiles.fillUnknown(roomId, userId, profile),
    claim(roomId, eventId, transactionId, sender) {
      if (q.claimEvent.run({ eventId, transactionId, sender }) > 0) touched.note(roomId, eventId);
    },
    touched,
  };
}

const unknown: KnownProfile = { name: null, avatarMxc: null, quality: profileUnknown };

function liveProfile(event: MatrixEvent, hooks: AppendHooks): KnownProfile {
  const own = ownProfileIn(event);
  if (own !== null) return { ...own, quality: profileSettled };
  const current = hooks.profileOf(event.sender);
  if (current !== null) return { ...current, quality: profileSettled };
  const before = memberOf(event) === event.sender ? profileBefore(event.raw) : null;
  return before === null ? unknown : { ...before, quality: profileGuessed };
}

function membersIn(state: readonly MatrixEvent[]): ReadonlyMap<string, Profile> {
  const members = new Map<string, Profile>();
  for (const event of state) {
    const about = memberOf(event);
    const profile = about === null ? null : profileIn(event.content);
    if (about !== null && profile !== null) members.set(about, profile);
  }
  return members;
}

/** `unsigned.m.relations.m.replace`, when it is a whole edit of this event by the same person. */
export function bundledEdit(event: MatrixEvent): MatrixEvent | null {
  const edit = parseEvent(objectOf(objectOf(event.unsigned, "m.relations"), "m.replace"));
  if (edit === null || edit.sender !== event.sender || edit.stateKey !== null) return null;
  return editedIn(edit.content) === event.eventId ? edit : null;
}

/** The event that one with this content is an edit of, or null. */
export function editedIn(content: JsonObject): EventId | null {
  const relation = objectOf(content, "m.relates_to");
  const edited = relation["rel_type"] === "m.replace" ? relation["event_id"] : null;
  return typeof edited === "string" ? (edited as EventId) : null;
}
