import type { StoredEvent } from "./events.ts";
import { allowsEvent, allowsType, type SyncFilter } from "./filters.ts";
import { lowerBound, type JsonObject } from "./json.ts";
import type { Room } from "./room.ts";
import { serveEvent } from "./serve-event.ts";
import { heroesOf, KnownMembers, needsHeroes } from "./sync-members.ts";
import { shapedSlice, type TimelineSlice } from "./sync-timeline.ts";
import { hasThreads, threadedCounts } from "./thread-unread.ts";
import { firstJoin } from "./unread.ts";
import type { Call } from "./call.ts";
import { historyVisibleTo } from "./visibility.ts";

/** What one /sync asks and where it stands. */
export interface SyncQuery {
  call: Call;
  filter: SyncFilter;
  /** 0 for an initial sync. */
  since: number;
  /** The position the answer covers. */
  next: number;
  isFullState: boolean;
  useStateAfter: boolean;
}

/** A joined room's part of the answer, or undefined when there is nothing to say. */
export function joinedSection(query: SyncQuery, room: Room): JsonObject | undefined {
  const { call, since } = query;
  const { user } = call;
  const isNew = since === 0 || !wasJoinedAt(room, user.userId, since);
  const known = new KnownMembers(call.device, room, since, query.next);
  const slice = timelineSlice(query, room, isNew, room.timeline.length, !isNew);
  const heroes = needsHeroes(room) ? heroesOf(room, user.userId) : [];
  const membersChanged = isNew || room.membersChangedAt > since;
  const state = stateEvents(query, room, slice, {
    isWhole: isNew || query.isFullState,
    isNew,
    heroes: membersChanged ? heroes : [],
    known,
  });
  const ephemeral = ephemeralEvents(query, room, isNew);
  const accountData = roomAccountData(query, room.id, isNew);
  const isQuiet = slice.events.length + state.length + ephemeral.length + accountData.length === 0;
  if (isQuiet && !isNew && !slice.limited && !query.isFullState) return undefined;

  return {
    summary: membersChanged || query.isFullState ? summaryOf(room, heroes) : {},
    ...stateAndTimeline(query, room, slice, state),
    ephemeral: { events: ephemeral },
    account_data: { events: accountData },
    ...unreadCounts(query, room),
  };
}

function unreadCounts({ call, filter }: SyncQuery, room: Room): JsonObject {
  const { site, user } = call;
  if (!filter.timeline.countsThreads || !hasThreads(room))
    return { unread_notifications: site.unread.count(room, user) };
  const { main, threads } = threadedCounts(room, user, firstJoin(room, user.userId) ?? -1);
  return { unread_notifications: main, unread_thread_notifications: threads };
}

/** A left room's part: what happened up to the leaving. */
export function leftSection(query: SyncQuery, room: Room, leaving: StoredEvent): JsonObject {
  const { call, since } = query;
  const wasThere = since > 0 && wasJoinedAt(room, call.user.userId, since);
  const known = new KnownMembers(call.device, room, since, query.next);
  const slice = timelineSlice(query, room, false, leaving.index + 1, wasThere);
  // Whoever only declined an invite was never shown the room's state.
  const isWhole = !wasThere && hasJoined(room, call.user.userId);
  const state = stateEvents(query, room, slice, { isWhole, isNew: !wasThere, heroes: [], known });
  return {
    ...stateAndTimeline(query, room, slice, state),
    account_data: { events: roomAccountData(query, room.id, !wasThere) },
  };
}

function timelineSlice(
  query: SyncQuery,
  room: Room,
  isNew: boolean,
  end: number,
  knowsSince: boolean,
): TimelineSlice {
  const { call, since } = query;
  const from = knowsSince ? room.indexAfter(since) : 0;
  const { userId } = call.user;
  const canSee = historyVisibleTo(call.site.state, room, userId);
  const slice = { room, from, end, filter: query.filter.timeline, canSee, isNew: isNew && since > 0 };
  const subject = { method: "GET", path: call.path, roomId: room.id, userId };
  const context = { faults: call.site.faults, subject, device: call.device, since, next: query.next };
  return shapedSlice(slice, context);
}

function wasJoinedAt(room: Room, userId: string, position: number): boolean {
  return room.membership(userId, room.indexAfter(position)) === "join";
}

function hasJoined(room: Room, userId: string): boolean {
  const events = room.history.get("m.room.member")?.get(userId) ?? [];
  return events.some((event) => event.raw.content["membership"] === "join");
}

function stateAndTimeline(
  query: SyncQuery,
  room: Room,
  slice: TimelineSlice,
  state: readonly StoredEvent[],
): JsonObject {
  const { reader, site } = query.call;
  const events = state.map((event) => serveEvent(room, event, reader, false));
  return {
    [query.useStateAfter ? "state_after" : "state"]: { events },
    timeline: {
      events: slice.events.map((event) => serveEvent(room, event, reader, false)),
      limited: slice.limited,
      prev_batch: site.state.tokens.encode(slice.prevPosition),
    },
  };
}

interface StateOptions {
  /** All state instead of what has changed since. */
  isWhole: boolean;
  isNew: boolean;
  heroes: readonly string[];
  known: KnownMembers;
}

/** State as of the start of the timeline (or its end, with use_state_after). */
function stateEvents(
  query: SyncQuery,
  room: Room,
  slice: TimelineSlice,
  options: StateOptions,
): StoredEvent[] {
  const filter = query.filter.state;
  const at = query.useStateAfter ? slice.end : slice.start;
  const allowed = (type: string): boolean => allowsType(filter, type);
  const isMembersApart = filter.isLazy;
  const found = new Map<string, StoredEvent>();
  const add = (event: StoredEvent | undefined): void => {
    if (event === undefined || !allowsEvent(filter, event)) return;
    found.set(event.raw.event_id, event);
  };
  if (options.isWhole) {
    const wanted = (type: string): boolean => allowed(type) && !(isMembersApart && type === "m.room.member");
    for (const event of room.allStateBefore(at, wanted)) add(event);
  } else {
    for (const event of changedState(room, query.since, at)) add(event);
  }
  if (isMembersApart) {
    for (const event of lazyMembers(query, room, slice, at, options)) add(event);
    for (const event of slice.events) if (event.raw.state_key !== undefined) options.known.note(event);
    for (const event of found.values()) options.known.note(event);
  }
  return [...found.values()];
}

/** The last event of each state that changed after the position and before the index. */
function changedState(room: Room, since: number, before: number): Iterable<StoredEvent> {
  const latest = new Map<string, StoredEvent>();
  const first = lowerBound(room.stateEvents, (event) => event.position > since);
  for (let index = first; index < room.stateEvents.length; index += 1) {
    const event = room.stateEvents[index] as StoredEvent;
    if (event.index >= before) break;
    latest.set(`${event.raw.type}\0${event.raw.state_key ?? ""}`, event);
  }
  return latest.values();
}

/** Members needed to show this answer: senders, heroes and the reader, unless known already. */
function lazyMembers(
  query: SyncQuery,
  room: Room,
  slice: TimelineSlice,
  at: number,
  options: StateOptions,
): StoredEvent[] {
  const wanted = new Set<string>(slice.events.map((event) => event.raw.sender));
  for (const hero of options.heroes) wanted.add(hero);
  const mustHave = options.isNew || query.isFullState;
  if (mustHave) wanted.add(query.call.user.userId);
  const members: StoredEvent[] = [];
  for (const userId of wanted) {
    const event = room.stateBefore(at, "m.room.member", userId);
    if (event === undefined) continue;
    const isOwn = mustHave && userId === query.call.user.userId;
    const isKnown = !query.filter.state.includeRedundant && options.known.has(event);
    if (isOwn || !isKnown) members.push(event);
  }
  return members;
}

function summaryOf(room: Room, heroes: readonly string[]): JsonObject {
  const counts = {
    "m.joined_member_count": room.joined.size,
    "m.invited_member_count": room.present.size - room.joined.size,
  };
  return heroes.length > 0 ? { "m.heroes": heroes, ...counts } : counts;
}

function ephemeralEvents(query: SyncQuery, room: Room, isNew: boolean): JsonObject[] {
  const events: JsonObject[] = [];
  const since = isNew ? 0 : query.since;
  const filter = query.filter.ephemeral;
  const hasTyping = room.typingChangedAt > since && (!isNew || room.typing.size > 0);
  if (hasTyping && allowsType(filter, "m.typing")) {
    events.push({ type: "m.typing", content: { user_ids: [...room.typing] } });
  }
  if (room.receiptsChangedAt > since && allowsType(filter, "m.receipt")) {
    const content = receiptContent(room, since, query.call.user.userId);
    if (Object.keys(content).length > 0) events.push({ type: "m.receipt", content });
  }
  return events;
}

/** Receipts newer than the position: event -> type -> user; private ones only to their owner. */
function receiptContent(room: Room, since: number, readerId: string): JsonObject {
  const content: Record<string, Record<string, Record<string, JsonObject>>> = {};
  for (const receipt of room.receipts.values()) {
    if (receipt.position <= since) continue;
    if (receipt.type === "m.read.private" && receipt.userId !== readerId) continue;
    const byType = (content[receipt.eventId] ??= {});
    const byUser = (byType[receipt.type] ??= {});
    const { ts, threadId } = receipt;
    byUser[receipt.userId] = threadId === undefined ? { ts } : { ts, thread_id: threadId };
  }
  return content;
}

function roomAccountData(query: SyncQuery, roomId: string, isNew: boolean): JsonObject[] {
  const since = isNew ? 0 : query.since;
  const entries = query.call.user.roomData.get(roomId) ?? [];
  return [...entries]
    .filter(([type, entry]) => entry.position > since && allowsType(query.filter.roomAccountData, type))
    .map(([type, entry]) => ({ type, content: entry.content }));
}
