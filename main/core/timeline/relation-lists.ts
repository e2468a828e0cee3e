import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { EditHistory, Reactor, Version } from "../../../preload/contract/models/relations.ts";
import { isObject, objectOf, type JsonObject } from "../event.ts";
import { FailureError, invalid } from "../failure.ts";
import type { EditRow } from "../store/queries/timeline.ts";
import { timelineQueries } from "../store/queries/timeline.ts";
import { isEditOf, shownName } from "./event-item.ts";
import { keyPicture } from "./key-picture.ts";
import { messageBody } from "./message-body.ts";
import type { QuotedRow } from "./quote.ts";
import { keepRelated, type RelatedEventsDeps } from "./related-events.ts";

// What was said of one message, in full, for whoever asks: its edits, and who reacted.

const MAX_REACTORS = 2000;

export function createRelationLists(deps: RelatedEventsDeps) {
  const queries = timelineQueries(deps.store.cache);

  return {
    async edits(roomId: RoomId, eventId: EventId): Promise<EditHistory> {
      const isComplete = await keepRelated(deps, roomId, eventId, "m.replace");
      const row = queries.storedRow.get({ roomId, eventId });
      if (row === undefined || row.isRedacted !== 0) throw new FailureError(invalid("no such message"));
      return { versions: versionsOf(row, queries.editsOf.all({ roomId, eventId })), isComplete };
    },
    async reactions(roomId: RoomId, eventId: EventId): Promise<readonly Reactor[]> {
      // What has a place here has its reactions here; for what was jumped to, the server is asked, if it can be.
      if (queries.place.get({ eventId }) === undefined)
        await keepRelated(deps, roomId, eventId, "m.annotation");
      const seen = new Set<string>();
      return queries.reactionsOf
        .all({ roomId, eventId })
        .filter(({ sender, key }) => !seen.has(`${sender} ${key}`) && seen.add(`${sender} ${key}`))
        .slice(0, MAX_REACTORS)
        .map(({ key, shortcode, sender, senderName, ts }) => ({
          ...{ key, picture: keyPicture(key, shortcode), userId: sender, ts },
          name: shownName(senderName) ?? sender,
        }));
    },
  };
}

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
