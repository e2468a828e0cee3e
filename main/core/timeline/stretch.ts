import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Version } from "../../../preload/contract/models/relations.ts";
import type { EventItem, TimelineItem } from "../../../preload/contract/models/timeline.ts";
import { cleanHtml } from "../clean-html.ts";
import { timelineQueries, type Place, type StoredRow } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";
import { createCallStories } from "./call-story.ts";
import { eventItem, senderOf, validEdit, type People } from "./event-item.ts";
import { anEntry, createItemBuilder, nobody, type TimelineEntry } from "./items.ts";
import { Quotes } from "./quote.ts";
import { versionsOf } from "./relation-lists.ts";

// What is stored of a room, from its oldest event on, a piece at a time and across the holes: for who writes it all down.

/** A stored event, and how it is shown. */
export interface ReadEvent {
  readonly place: Place;
  readonly eventId: EventId;
  /** JSON, as the server gave it. */
  readonly raw: string;
  /** Null for what is never a line of its own. */
  readonly item: EventItem | null;
  /** What a message said before and says now, oldest first; empty where it was never edited. */
  readonly versions: readonly Version[];
}

/** The next `limit` events after a place, oldest first; none at the end. */
export type ReadStretch = (roomId: RoomId, after: Place, limit: number) => readonly ReadEvent[];

export interface StretchDeps {
  readonly store: Pick<Store, "cache">;
  readonly ownUserId: UserId;
  readonly mayRedact: (roomId: RoomId, userId: UserId) => boolean;
  readonly mayNotifyRoom: (roomId: RoomId, userId: UserId) => boolean;
}

export function createStretchReader(deps: StretchDeps): ReadStretch {
  const { store, ownUserId } = deps;
  const queries = timelineQueries(store.cache);
  const callStories = createCallStories({ ownUserId, isLiveCall: () => false });

  function entriesOf(roomId: RoomId, rows: readonly StoredRow[]): readonly TimelineEntry[] {
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return [];
    const range = {
      roomId,
      fromSegment: first.segment,
      fromPosition: first.position,
      toSegment: last.segment,
      toPosition: last.position,
    };
    const edits = Map.groupBy(queries.editsBetween.all(range), ({ target }) => target);
    const reactions = Map.groupBy(queries.reactionsBetween.all(range), ({ target }) => target);
    const votes = Map.groupBy(queries.votesBetween.all(range), ({ target }) => target);
    return rows.map((row) =>
      anEntry(row, edits.get(row.eventId), nobody, reactions.get(row.eventId), votes.get(row.eventId)),
    );
  }

  function peopleIn(roomId: RoomId): People {
    return {
      ownUserId,
      nameOf: (userId) => queries.member.get({ roomId, userId })?.name ?? null,
      mayRedact: (userId) => deps.mayRedact(roomId, userId),
      mayNotifyRoom: (userId) => deps.mayNotifyRoom(roomId, userId),
    };
  }

  function itemsOf(roomId: RoomId, entries: readonly TimelineEntry[]): readonly TimelineItem[] {
    const people = peopleIn(roomId);
    const builder = createItemBuilder({
      ...people,
      // The days are the writer's business: it goes on where the piece before ended.
      dayOf: () => 0,
      hasNamesake: (userId, name) => queries.namesake.get({ roomId, userId, name }) !== undefined,
      cleanHtml,
      quotes: new Quotes({
        load(eventId) {
          const row = queries.storedRow.get({ roomId, eventId });
          return row === undefined ? undefined : { row, edits: queries.editsOf.all({ roomId, eventId }) };
        },
        itemOf: (row, edits) => eventItem(row, validEdit(row, edits), people),
        want: () => "missing",
      }),
    });
    const built = builder.build({
      entries,
      has: () => true,
      isAtStart: false,
      local: [],
      fullyRead: null,
      self: senderOf(ownUserId, null, null, ownUserId),
    });
    return callStories(entries, built);
  }

  return (roomId, after, limit) => {
    const rows = queries.rowsAfterUpTo.all({
      roomId,
      segment: after.segment,
      position: after.position,
      ceiling: Number.MAX_SAFE_INTEGER,
      limit,
    });
    const entries = entriesOf(roomId, rows);
    const shown = new Map<EventId, EventItem>();
    for (const item of itemsOf(roomId, entries))
      if ("eventId" in item && item.eventId !== null) shown.set(item.eventId, item);
    return entries.map(({ row, edits }) => ({
      place: { segment: row.segment, position: row.position },
      eventId: row.eventId,
      raw: row.raw,
      item: shown.get(row.eventId) ?? null,
      versions: row.isRedacted === 0 && validEdit(row, edits) !== null ? versionsOf(row, edits) : [],
    }));
  };
}
