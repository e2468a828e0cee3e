import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { objectOf, parseEvent, type JsonObject, type MatrixEvent } from "../event.ts";
import { attentionQueries, type Counts } from "../store/queries/attention.ts";
import { syncQueries } from "../store/queries/sync.ts";
import { threadQueries } from "../store/queries/threads.ts";
import type { Place } from "../store/queries/timeline.ts";
import type { Store } from "../store/store.ts";
import { createJudge, isEdit, type Judge, type Judged } from "./judge.ts";
import { isRead, MAIN, readPositions, scanFrom, WHOLE_ROOM, type ReadUpTo } from "./read-positions.ts";

// The one place that counts. A row of `attention` is an event that notifies by the push rules and is not read; a room's
// counts are its rows. Where our history has a hole after what was read, nobody here can know, and the room shows what
// the server said last. Everything that could make a count stick ends as rows that are deleted:
// `apply` after each response, `markRead`, `redacted`, and `recount`, which starts from the events and positions alone.

/** Stored events looked at in one recount; a room with more unread shows at most as many. */
const MAX_RECOUNTED = 2000;
/** Events after what was read that are looked at for edits seen with it; more were not seen. */
const MAX_SEEN_WITH = 200;

export interface RoomNews {
  readonly roomId: RoomId;
  readonly membership: "join" | "leave";
  /** What the server counts; null when it did not say. */
  readonly serverCounts: { readonly count: number; readonly highlight: number } | null;
  /** Events newly stored, in timeline order. */
  readonly added: readonly MatrixEvent[];
  /** The server does not have our newest receipt yet: what it counts is of before. */
  readonly isReceiptPending: boolean;
  /** The user is not to be told by a notification: a first sync brings what was there before. */
  readonly isOld: boolean;
}

/** All but `explain`, `readUpTo` and `takeLessened` are for use inside the caller's cache transaction. */
export interface Unread {
  /** The content of `m.receipt`; to be called before `apply`. */
  applyReceipts(roomId: RoomId, content: JsonObject): void;
  /** Last of a room's steps. */
  apply(news: RoomNews): void;
  /** Global account data was stored. Returns the rooms whose counts changed. */
  applyAccountData(type: string): readonly RoomId[];
  redacted(roomId: RoomId, eventId: EventId): void;
  /**
   * The user has read up to this event, or (with a thread) that much of the thread. Answers what that is read up to:
   * edits that follow are no lines of their own, they were seen with what they edit.
   */
  markRead(roomId: RoomId, eventId: EventId, threadId?: string): EventId;
  /** Counts again from what is stored. True when the counts changed. */
  recount(roomId: RoomId): boolean;
  /** Every joined room counted again. Returns those whose counts changed. */
  recountAll(): readonly RoomId[];
  /** History came that may have filled a hole: rooms that showed the server's counts are counted again. */
  historyCame(roomIds: Iterable<RoomId>): readonly RoomId[];
  readUpTo(roomId: RoomId): ReadUpTo;
  /** Whether events of this room may have stopped being unread since this was last asked. */
  takeLessened(roomId: RoomId): boolean;
  readonly judge: Judge;
}

export function createUnread(deps: {
  readonly store: Pick<Store, "cache">;
  readonly ownUserId: UserId;
  readonly pushRules: () => JsonObject | null;
  /** Ms since the epoch. */
  readonly now: () => number;
}): Unread {
  const { ownUserId } = deps;
  const { cache } = deps.store;
  const q = attentionQueries(cache);
  const threads = threadQueries(cache);
  const sync = syncQueries(cache);
  const judge = createJudge({ queries: q, ownUserId, pushRules: deps.pushRules });
  const positions = readPositions(q, ownUserId);
  /** Rooms with fewer rows than before, for who asks after the commit; one that was rolled back is asked for in vain. */
  const lessened = new Set<RoomId>();

  /** Deletes what is read and writes the room's counts. */
  function settle(roomId: RoomId, read: ReadUpTo): boolean {
    removeRead(roomId, read);
    return q.setRoomCounts.run({ roomId, ...shownCounts(roomId, read) }) > 0;
  }

  const ownCounts = (roomId: RoomId): Counts => q.counts.get({ roomId }) ?? { unread: 0, highlight: 0 };

  /**
   * Looks at all of a room's rows, and so only where something was read since it last did: nothing read is ever put in,
   * and one more message among thousands of unread ones must not cost thousands of steps.
   */
  function removeRead(roomId: RoomId, read: ReadUpTo): void {
    const upTo = JSON.stringify([read.whole, read.main, [...read.threads]]);
    if (q.removedUpTo.get({ roomId })?.places === upTo || ownCounts(roomId).unread === 0) return;
    q.putRemovedUpTo.run({ roomId, places: upTo });
    if (read.whole !== null) gone(roomId, q.removeReadRoom.run({ roomId, ...read.whole }));
    if (read.main !== null) gone(roomId, q.removeReadThread.run({ roomId, threadId: "", ...read.main }));
    for (const [threadId, place] of read.threads)
      gone(roomId, q.removeReadThread.run({ roomId, threadId, ...place }));
  }

  /** So many rows of the room were deleted. */
  function gone(roomId: RoomId, rows: number): void {
    if (rows > 0) lessened.add(roomId);
  }

  const removeRoom = (roomId: RoomId): void => gone(roomId, q.removeRoom.run({ roomId }));

  function shownCounts(roomId: RoomId, read: ReadUpTo): Counts {
    const server = q.serverCounts.get({ roomId });
    if (server === undefined) return ownCounts(roomId);
    const isUsed = Number(read.hasHole);
    if (server.isUsed !== isUsed) q.putServerCounts.run({ roomId, ...server, isUsed });
    return read.hasHole ? { unread: server.unread, highlight: server.highlight } : ownCounts(roomId);
  }

  function insert(roomId: RoomId, eventId: EventId, { verdict, threadId }: Judged, isTold: boolean): void {
    const { notifies, highlights, sound, rule } = verdict;
    if (!notifies || rule === null) return;
    q.insertAttention.run({
      roomId,
      eventId,
      threadId,
      isHighlight: Number(highlights),
      sound,
      ruleKind: rule.kind,
      ruleId: rule.ruleId,
      pattern: rule.pattern,
      isTold: Number(isTold),
    });
  }

  /** Who writes has read what stands above; without any position, who joins begins there. */
  function followOwn(roomId: RoomId, added: readonly MatrixEvent[]): void {
    for (const event of added) {
      if (event.sender !== ownUserId) continue;
      const relation = objectOf(event.content, "m.relates_to");
      const root = relation["rel_type"] === "m.thread" ? relation["event_id"] : undefined;
      if (isSaying(event))
        positions.set(roomId, typeof root === "string" ? root : MAIN, event.eventId, event.originServerTs);
      else if (
        event.type === "m.room.member" &&
        event.stateKey === ownUserId &&
        positions.load(roomId).last === null
      )
        positions.set(roomId, WHOLE_ROOM, event.eventId, 0);
    }
  }

  /** The server speaks of a room: kept for when it is needed. */
  function keepServerCounts({ roomId, serverCounts, isReceiptPending, added }: RoomNews): void {
    const hasNews = added.some((event) => event.sender !== ownUserId && event.stateKey === null);
    const isOutdated = isReceiptPending && !hasNews;
    if (serverCounts === null && !isReceiptPending) return;
    const { count: unread, highlight } =
      isOutdated || serverCounts === null ? { count: 0, highlight: 0 } : serverCounts;
    const old = q.serverCounts.get({ roomId });
    if (old?.unread === unread && old.highlight === highlight) return;
    q.putServerCounts.run({ roomId, unread, highlight, isUsed: old?.isUsed ?? 0 });
  }

  /** What the server counted is of before. */
  function readOnServer(roomId: RoomId, threadId: string): void {
    const server = q.serverCounts.get({ roomId });
    if (threadId === WHOLE_ROOM) threads.removeCounts.run({ roomId });
    const counts = threads.unread.all({ roomId });
    const inThread = counts.find(({ root }) => root === threadId);
    if (inThread !== undefined) threads.removeCount.run({ roomId, root: inThread.root });
    if (server === undefined) return;
    const sum = (key: "unread" | "highlight"): number => counts.reduce((all, count) => all + count[key], 0);
    const isRoom = threadId === WHOLE_ROOM || threadId === MAIN;
    const left = isRoom
      ? { unread: sum("unread"), highlight: sum("highlight") }
      : {
          unread: Math.max(0, server.unread - (inThread?.unread ?? 0)),
          highlight: Math.max(0, server.highlight - (inThread?.highlight ?? 0)),
        };
    const isUsed = server.isUsed === 1;
    // Where we count ourselves, the server's numbers of threads are not asked for.
    q.putServerCounts.run({ roomId, ...server, ...(isUsed ? left : { unread: 0, highlight: 0 }) });
  }

  /** The last edit after this event that counts, up to the first message that does. */
  function seenWith(roomId: RoomId, eventId: EventId, threadId: string): EventId {
    const place = q.place.get({ eventId });
    if (place?.roomId !== roomId) return eventId;
    const { segment, position } = place;
    const limit = MAX_SEEN_WITH + 1;
    const after = q.eventsAfter.all({ roomId, segment, position, ownUserId, limit });
    if (after.length === limit) return eventId;
    const judged = judge.ofRoom(roomId);
    let last = eventId;
    for (const row of after.toReversed()) {
      const event = parseEvent(JSON.parse(row.raw));
      const verdict = event === null ? null : judged(event);
      if (event === null || verdict?.verdict.notifies !== true) continue;
      const isHere = threadId === WHOLE_ROOM || verdict.threadId === (threadId === MAIN ? "" : threadId);
      if (!isHere) continue;
      if (!isEdit(event)) break;
      last = event.eventId;
    }
    return last;
  }

  function recount(roomId: RoomId): boolean {
    const told = new Map(q.unreadOfRoom.all({ roomId }).map((row) => [row.eventId, row.isTold]));
    removeRoom(roomId);
    const read = positions.load(roomId);
    const judged = judge.ofRoom(roomId);
    for (const row of q.eventsAfter.all({ roomId, ...scanFrom(read), ownUserId, limit: MAX_RECOUNTED })) {
      const event = parseEvent(JSON.parse(row.raw));
      const verdict = event === null ? null : judged(event);
      if (event === null || verdict === null || isRead(read, row, verdict.threadId)) continue;
      // What was there before is no news; what waits to be told still waits.
      insert(roomId, event.eventId, verdict, told.get(event.eventId) !== 0);
    }
    return settle(roomId, read);
  }

  const recountAll = (): readonly RoomId[] =>
    q.joinedRooms.all({}).flatMap(({ roomId }) => (recount(roomId) ? [roomId] : []));

  // A cache from before there were counts of our own.
  if (sync.load("attention") === null) {
    cache.transaction(() => {
      recountAll();
      sync.put("attention", "1");
    });
  }

  return {
    applyReceipts: (roomId, content) => void positions.applyReceipts(roomId, content),
    apply(news) {
      const { roomId, added } = news;
      q.removeInvite.run({ roomId });
      if (news.membership === "leave") {
        removeRoom(roomId);
        q.setRoomCounts.run({ roomId, unread: 0, highlight: 0 });
        return;
      }
      keepServerCounts(news);
      followOwn(roomId, added);
      const read = positions.load(roomId);
      const judged = judge.ofRoom(roomId);
      for (const event of added) {
        const place: Place | undefined = q.place.get({ eventId: event.eventId });
        const verdict = place === undefined ? null : judged(event);
        if (place === undefined || verdict === null) continue;
        const { eventId } = event;
        // Known before at another place: no longer unread at this one.
        if (isRead(read, place, verdict.threadId)) gone(roomId, q.removeEvent.run({ eventId }));
        else insert(roomId, eventId, verdict, news.isOld);
      }
      // In a hole we cannot order what was read, but "nothing is unread" needs no order.
      const isAllRead = news.serverCounts?.count === 0 && !news.isReceiptPending;
      if (read.hasHole && isAllRead) removeRoom(roomId);
      settle(roomId, read);
    },
    applyAccountData(type) {
      if (type !== "m.push_rules" && type !== "m.ignored_user_list") return [];
      judge.forget();
      return recountAll();
    },
    redacted(roomId, eventId) {
      if (q.removeEvent.run({ eventId }) === 0) return;
      lessened.add(roomId);
      settle(roomId, positions.load(roomId));
    },
    markRead(roomId, eventId, threadId = WHOLE_ROOM) {
      const upTo = seenWith(roomId, eventId, threadId);
      positions.set(roomId, threadId, upTo, deps.now());
      readOnServer(roomId, threadId);
      settle(roomId, positions.load(roomId));
      return upTo;
    },
    recount,
    recountAll,
    historyCame: (roomIds) =>
      [...roomIds].filter((roomId) => q.serverCounts.get({ roomId })?.isUsed === 1 && recount(roomId)),
    readUpTo: (roomId) => positions.load(roomId),
    takeLessened: (roomId) => lessened.delete(roomId),
    judge,
  };
}

const isSaying = (event: MatrixEvent): boolean =>
  event.stateKey === null && event.type !== "m.room.redaction" && event.type !== "m.reaction";
