import { ok, type Answer, type Call } from "./call.ts";
import type { StoredEvent } from "./events.ts";
import { allowsEvent, allowsRoom, parseEventFilter } from "./filters.ts";
import { objectOr, stringList, stringOr } from "./json.ts";
import { forbidden, invalidParam, notFound } from "./matrix-error.ts";
import type { Room } from "./room.ts";
import { route, type Route } from "./router.ts";
import { serveEvent } from "./serve-event.ts";
import { historyVisibleTo, mayReadRoom, visibleEnd } from "./visibility.ts";

/** Finding messages: POST /search by words, /timestamp_to_event by time. */
export const searchRoutes: readonly Route[] = [
  route("POST", "/_matrix/client/{client}/search", search),
  route("GET", "/_matrix/client/v1/rooms/:roomId/timestamp_to_event", eventAt),
];

function readable(call: Call, room: Room): readonly StoredEvent[] {
  const { user, site } = call;
  if (!mayReadRoom(room, user.userId)) return [];
  const canSee = historyVisibleTo(site.state, room, user.userId);
  return room.timeline.slice(0, visibleEnd(room, user.userId)).filter(canSee);
}

/** Whole words, as the full-text search of a common server's database has them. */
const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

function search(call: Call): Answer {
  const wanted = objectOr(objectOr(call.json["search_categories"])["room_events"]);
  const terms = wordsIn(stringOr(wanted["search_term"], ""));
  if (terms.length === 0) throw invalidParam("search_term is missing");
  const filter = parseEventFilter(wanted["filter"]);
  const keys = stringList(wanted["keys"]) ?? ["content.body", "content.name", "content.topic"];
  const found = [...call.site.state.rooms.values()]
    .filter((room) => room.joined.has(call.user.userId) && allowsRoom(filter, room.id))
    .flatMap((room) => readable(call, room).map((event) => ({ room, event })))
    .filter(({ event }) => event.redactedBy === null && allowsEvent(filter, event))
    .filter(({ event }) => {
      const words = new Set(keys.flatMap((key) => wordsIn(stringOr(event.raw.content[key.slice(8)], ""))));
      return terms.every((term) => words.has(term));
    })
    .sort((a, b) => b.event.raw.origin_server_ts - a.event.raw.origin_server_ts);
  const batch = call.query.get("next_batch");
  const start = batch === null ? 0 : (call.site.state.tokens.decode(batch) ?? 0);
  const end = start + (filter.limit ?? 10);
  return ok({
    search_categories: {
      room_events: {
        count: found.length,
        highlights: terms,
        results: found.slice(start, end).map(({ room, event }) => ({
          rank: 1,
          result: serveEvent(room, event, call.reader, true),
          context: { events_before: [], events_after: [], profile_info: {} },
        })),
        ...(end < found.length ? { next_batch: call.site.state.tokens.encode(end) } : {}),
      },
    },
  });
}

function eventAt(call: Call): Answer {
  const { room, user } = call;
  if (!mayReadRoom(room, user.userId)) throw forbidden(`User ${user.userId} not in room ${room.id}`);
  const ts = call.integer("ts", 0, Number.MAX_SAFE_INTEGER);
  const isForward = call.query.get("dir") !== "b";
  const at = (event: StoredEvent): number => event.raw.origin_server_ts;
  const events = readable(call, room).toSorted((a, b) => at(a) - at(b));
  const found = isForward
    ? events.find((event) => at(event) >= ts)
    : events.findLast((event) => at(event) <= ts);
  if (found === undefined) throw notFound("Unable to find an event");
  return ok({ event_id: found.raw.event_id, origin_server_ts: at(found) });
}
