import { assertJoined } from "./authorization.ts";
import { ok, type Answer, type Call } from "./call.ts";
import type { StoredEvent } from "./events.ts";
import { allowsEvent, allowsType, parseEventFilter, type EventFilter } from "./filters.ts";
import { forbidden, invalidParam, notFound } from "./matrix-error.ts";
import type { Room } from "./room.ts";
import { route, type Route } from "./router.ts";
import { serveEvent } from "./serve-event.ts";
import { threadOf } from "./thread-unread.ts";
import { positionBefore } from "./sync-timeline.ts";
import { historyVisibleTo, mayReadRoom, visibleEnd, type CanSee } from "./visibility.ts";

const MAX_LIMIT = 1000;
const ROOM = "/_matrix/client/{client}/rooms/:roomId";

/** History: /messages, /context, /event and /relations. */
export const messageRoutes: readonly Route[] = [
  route("GET", `${ROOM}/messages`, messages),
  route("GET", `${ROOM}/context/:eventId`, context),
  route("GET", `${ROOM}/event/:eventId`, singleEvent),
  route("GET", "/_matrix/client/v1/rooms/:roomId/threads", threads),
  route("GET", "/_matrix/client/v1/rooms/:roomId/relations/:eventId", relations),
  route("GET", "/_matrix/client/v1/rooms/:roomId/relations/:eventId/:relType", relations),
  route("GET", "/_matrix/client/v1/rooms/:roomId/relations/:eventId/:relType/:eventType", relations),
];

function queryFilter(call: Call): EventFilter {
  const text = call.query.get("filter");
  if (text === null) return parseEventFilter(undefined);
  try {
    return parseEventFilter(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidParam("Invalid filter JSON");
    throw error;
  }
}

function direction(call: Call): "b" | "f" {
  const dir = call.query.get("dir");
  if (dir === "b" || dir === "f") return dir;
  throw invalidParam("dir must be b or f");
}

interface Page {
  events: StoredEvent[];
  /** Where the next page goes on; undefined when nothing further is visible that way. */
  end: number | undefined;
}

/** What a page is read from: indexes `low` (inclusive) to `high` (exclusive). */
interface PageQuery {
  room: Room;
  dir: "b" | "f";
  low: number;
  high: number;
  limit: number;
  filter: EventFilter;
  canSee: CanSee;
}

/** Reads up to `limit` events in the direction, newest first when going back. */
function readPage(query: PageQuery): Page {
  const { room, dir, low, high, limit } = query;
  const step = dir === "b" ? -1 : 1;
  const events: StoredEvent[] = [];
  let index = dir === "b" ? high - 1 : low;
  for (; index >= low && index < high; index += step) {
    if (events.length === limit) break;
    const event = room.timeline[index] as StoredEvent;
    if (query.canSee(event) && allowsEvent(query.filter, event)) events.push(event);
  }
  if (dir === "f") {
    const last = events.at(-1);
    return { events, end: last === undefined ? undefined : last.position };
  }
  const hasMore = someVisible(query, low, index);
  return { events, end: hasMore ? positionBefore(room, index + 1) : undefined };
}

/** True when an event at or below `index` may still be seen. */
function someVisible(query: PageQuery, low: number, index: number): boolean {
  for (let at = index; at >= low; at -= 1) {
    if (query.canSee(query.room.timeline[at] as StoredEvent)) return true;
  }
  return false;
}

function messages(call: Call): Answer {
  const { room, user, site, reader } = call;
  if (!mayReadRoom(room, user.userId)) throw forbidden(`User ${user.userId} not in room ${room.id}`);
  const dir = direction(call);
  const filter = queryFilter(call);
  const end = visibleEnd(room, user.userId);
  const from = call.position("from");
  const to = call.position("to");
  const at = (position: number | undefined, fallback: number): number =>
    position === undefined ? fallback : Math.min(room.indexAfter(position), end);
  const query: PageQuery = {
    room,
    dir,
    low: dir === "f" ? at(from, 0) : at(to, 0),
    high: dir === "f" ? at(to, end) : at(from, end),
    limit: Math.min(call.integer("limit", filter.limit ?? 10, MAX_LIMIT), filter.limit ?? MAX_LIMIT),
    filter,
    canSee: historyVisibleTo(site.state, room, user.userId),
  };
  const page = readPage(query);
  const { tokens } = site.state;
  const start = call.query.get("from") ?? tokens.encode(dir === "b" ? positionBefore(room, end) : 0);
  const events = page.events.length > 1 ? inChangedOrder(call, page.events) : page.events;
  return ok({
    start,
    ...(page.end === undefined ? {} : { end: tokens.encode(page.end) }),
    chunk: events.map((event) => serveEvent(room, event, reader, true)),
    ...(filter.isLazy ? { state: serveMembers(call, room, page.events) } : {}),
  });
}

/** Fault changedOrder: the first event of the page comes last. */
function inChangedOrder(call: Call, events: readonly StoredEvent[]): readonly StoredEvent[] {
  const { method, path, room, user } = call;
  const subject = { method, path, roomId: room.id, userId: user.userId };
  const isChanged = call.site.faults.take("changedOrder", subject) !== undefined;
  return isChanged ? [...events.slice(1), ...events.slice(0, 1)] : events;
}

/** Member events of the chunk's senders, as of the chunk's end in time. */
function serveMembers(call: Call, room: Room, events: readonly StoredEvent[]): unknown[] {
  const newest = Math.max(...events.map((event) => event.index), 0);
  const senders = new Set(events.map((event) => event.raw.sender));
  return [...senders]
    .map((sender) => room.stateBefore(newest + 1, "m.room.member", sender))
    .filter((event) => event !== undefined)
    .map((event) => serveEvent(room, event, call.reader, true));
}

function visibleEvent(call: Call): StoredEvent {
  const { room, user } = call;
  if (!mayReadRoom(room, user.userId)) throw forbidden(`User ${user.userId} not in room ${room.id}`);
  const event = room.byId.get(call.param("eventId"));
  const canSee = historyVisibleTo(call.site.state, room, user.userId);
  if (event === undefined || event.index >= visibleEnd(room, user.userId) || !canSee(event)) {
    throw notFound("Event not found.");
  }
  return event;
}

function singleEvent(call: Call): Answer {
  return ok(serveEvent(call.room, visibleEvent(call), call.reader, true));
}

function context(call: Call): Answer {
  const { room, user, reader, site } = call;
  const event = visibleEvent(call);
  const filter = queryFilter(call);
  const limit = call.integer("limit", filter.limit ?? 10, MAX_LIMIT);
  const canSee = historyVisibleTo(site.state, room, user.userId);
  const end = visibleEnd(room, user.userId);
  const before = readPage({
    ...{ room, filter, canSee, dir: "b", low: 0 },
    high: event.index,
    limit: Math.floor(limit / 2),
  }).events;
  const after = readPage({
    ...{ room, filter, canSee, dir: "f", high: end },
    low: event.index + 1,
    limit: Math.ceil(limit / 2),
  }).events;
  const oldest = before.at(-1) ?? event;
  const newest = after.at(-1) ?? event;
  const serve = (entry: StoredEvent): unknown => serveEvent(room, entry, reader, true);
  return ok({
    start: site.state.tokens.encode(positionBefore(room, oldest.index)),
    end: site.state.tokens.encode(newest.position),
    event: serve(event),
    events_before: before.map(serve),
    events_after: after.map(serve),
    state: contextState(call, room, filter, [...before, event, ...after], newest).map(serve),
  });
}

function contextState(
  call: Call,
  room: Room,
  filter: EventFilter,
  shown: readonly StoredEvent[],
  newest: StoredEvent,
): StoredEvent[] {
  const senders = new Set([...shown.map((event) => event.raw.sender), call.user.userId]);
  const all = room.allStateBefore(newest.index + 1, (type) => allowsType(filter, type));
  if (!filter.isLazy) return all;
  return all.filter((event) => event.raw.type !== "m.room.member" || senders.has(event.raw.state_key ?? ""));
}

function relations(call: Call): Answer {
  const { room, site, reader } = call;
  const target = visibleEvent(call);
  assertJoined(room, call.user.userId);
  const { relType, eventType } = call.params;
  const isForward = call.query.get("dir") === "f";
  const limit = call.integer("limit", 50, MAX_LIMIT);
  const from = call.position("from");
  const related = (room.relations.get(target.raw.event_id) ?? []).filter((child) => {
    const relates = child.raw.content["m.relates_to"] as { rel_type?: unknown } | undefined;
    if (child.redactedBy !== null) return false;
    if (relType !== undefined && relates?.rel_type !== relType) return false;
    return eventType === undefined || child.raw.type === eventType;
  });
  const ordered = isForward ? related : related.reverse();
  const rest = ordered.filter((child) => {
    if (from === undefined) return true;
    return isForward ? child.position > from : child.position <= from;
  });
  const chunk = rest.slice(0, limit);
  const last = chunk.at(-1);
  const next = last === undefined || rest.length <= limit ? undefined : last.position;
  return ok({
    chunk: chunk.map((child) => serveEvent(room, child, reader, true)),
    ...(next === undefined ? {} : { next_batch: site.state.tokens.encode(isForward ? next : next - 1) }),
  });
}

/** The roots of threads, last active first. */
function threads(call: Call): Answer {
  const { room, site, reader, user } = call;
  assertJoined(room, user.userId);
  const limit = call.integer("limit", 20, MAX_LIMIT);
  const from = call.position("from");
  const isOwn = call.query.get("include") === "participated";
  const latest = new Map<StoredEvent, StoredEvent>();
  const canSee = historyVisibleTo(site.state, room, user.userId);
  for (const event of room.timeline) {
    const root = room.byId.get(threadOf(event) ?? "");
    if (root === undefined || event.redactedBy !== null || !canSee(root) || !canSee(event)) continue;
    if (isOwn && event.raw.sender !== user.userId && root.raw.sender !== user.userId) continue;
    latest.set(root, event);
  }
  const ordered = [...latest].sort(([, a], [, b]) => b.position - a.position);
  const rest = ordered.filter(([, event]) => from === undefined || event.position <= from);
  const page = rest.slice(0, limit);
  const last = page.at(-1)?.[1];
  const next = last === undefined || rest.length <= limit ? undefined : last.position - 1;
  return ok({
    chunk: page.map(([root]) => serveEvent(room, root, reader, true)),
    ...(next === undefined ? {} : { next_batch: site.state.tokens.encode(next) }),
  });
}
