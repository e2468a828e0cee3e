import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { EditHistory, Reactor, Version } from "../../../preload/contract/models/relations.ts";
import { isObject, objectOf, parseEvent, type JsonObject } from "../event.ts";
import { FailureError, invalid, type Result } from "../failure.ts";
import type { EditRow } from "../store/queries/timeline.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";
import type { TimelineWriter } from "./apply.ts";
import { isEditOf, shownName } from "./event-item.ts";
import { messageBody } from "./message-body.ts";
import type { QuotedRow } from "./quote.ts";

// What was said of one message, in full, for whoever asks: its edits, and who reacted.

const PAGE = 100;
/** A message edited a thousand times is a message somebody plays with. */
const MAX_PAGES = 10;
const MAX_REACTORS = 2000;

export interface RelationsPage {
  readonly chunk: readonly unknown[];
  readonly nextBatch: string | null;
}
export type FetchRelations = (request: {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly relType: string;
  readonly limit: number;
  readonly from: string | null;
}) => Promise<Result<RelationsPage>>;

export interface RelationListsDeps {
  readonly store: Pick<Store, "cache">;
  readonly writer: Pick<TimelineWriter, "keep">;
  readonly fetchRelations: FetchRelations;
}

export function createRelationLists({ store, writer, fetchRelations }: RelationListsDeps) {
  const queries = timelineQueries(store.cache);

  /** Asks the server for all edits and keeps them; false when it could not be asked for all. */
  async function completeEdits(roomId: RoomId, eventId: EventId): Promise<boolean> {
    let from: string | null = null;
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer: Result<RelationsPage> = await fetchRelations({
        ...{ roomId, eventId, from, relType: "m.replace", limit: PAGE },
      });
      if (!answer.ok) return false;
      const events = answer.value.chunk.map(parseEvent).filter((event) => event !== null);
      store.cache.transaction(() => {
        for (const event of events) if (isRelated(event.content, eventId)) writer.keep(roomId, event);
      });
      from = answer.value.nextBatch;
      if (from === null || events.length === 0) return true;
    }
    return false;
  }

  return {
    async edits(roomId: RoomId, eventId: EventId): Promise<EditHistory> {
      const isComplete = await completeEdits(roomId, eventId);
      const row = queries.storedRow.get({ roomId, eventId });
      if (row === undefined || row.isRedacted !== 0) throw new FailureError(invalid("no such message"));
      return { versions: versionsOf(row, queries.editsOf.all({ roomId, eventId })), isComplete };
    },
    reactions(roomId: RoomId, eventId: EventId): readonly Reactor[] {
      const seen = new Set<string>();
      return queries.reactionsOf
        .all({ roomId, eventId })
        .filter(({ sender, key }) => !seen.has(`${sender} ${key}`) && seen.add(`${sender} ${key}`))
        .slice(0, MAX_REACTORS)
        .map(({ key, sender, senderName, ts }) => ({
          ...{ key, userId: sender, ts },
          name: shownName(senderName) ?? sender,
        }));
    },
  };
}

const isRelated = (content: JsonObject, eventId: EventId): boolean =>
  objectOf(content, "m.relates_to")["event_id"] === eventId;

/** The first words, then each edit that counts, by time. */
export function versionsOf(row: QuotedRow, edits: readonly EditRow[]): readonly Version[] {
  const first = versionOf(row, contentIn(row.raw));
  const later = edits
    .filter((edit) => isEditOf(row, edit))
    .toSorted((a, b) => a.ts - b.ts || (a.eventId < b.eventId ? -1 : 1))
    .map((edit) => versionOf(edit, objectOf(contentIn(edit.raw), "m.new_content")));
  return [first, ...later].filter((version) => version !== null);
}

function versionOf(
  { eventId, ts, html }: Pick<EditRow, "eventId" | "ts" | "html">,
  content: JsonObject,
): Version | null {
  const body = messageBody(content, html);
  return body === null ? null : { eventId, ts, body };
}

function contentIn(raw: string): JsonObject {
  const value: unknown = JSON.parse(raw);
  return isObject(value) ? objectOf(value, "content") : {};
}
