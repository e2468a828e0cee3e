import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import { objectOf, parseEvent } from "../event.ts";
import type { Result } from "../failure.ts";
import type { Store } from "../store/store.ts";
import type { TimelineWriter } from "./apply.ts";

// All that was said of one message in one way, asked of the server and kept: what is here is often the newest part only.

const PAGE = 100;
/** A message edited a thousand times is a message somebody plays with. */
const MAX_PAGES = 10;

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

export interface RelatedEventsDeps {
  readonly store: Pick<Store, "cache">;
  readonly writer: Pick<TimelineWriter, "keep">;
  readonly fetchRelations: FetchRelations;
}

/** Keeps them; false when the server could not be asked for all. */
export async function keepRelated(
  { store, writer, fetchRelations }: RelatedEventsDeps,
  roomId: RoomId,
  eventId: EventId,
  relType: "m.replace" | "m.annotation" | "m.reference",
): Promise<boolean> {
  let from: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer: Result<RelationsPage> = await fetchRelations({
      ...{ roomId, eventId, from, relType, limit: PAGE },
    });
    if (!answer.ok) return false;
    const events = answer.value.chunk.map(parseEvent).filter((event) => event !== null);
    store.cache.transaction(() => {
      // A server that answers with what belongs to another message has not answered.
      for (const event of events)
        if (objectOf(event.content, "m.relates_to")["event_id"] === eventId) writer.keep(roomId, event);
    });
    from = answer.value.nextBatch;
    if (from === null || events.length === 0) return true;
  }
  return false;
}
