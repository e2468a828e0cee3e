import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Quote, ThreadSummary } from "../../../preload/contract/models/timeline.ts";
import { isObject } from "../event.ts";
import type { ThreadChild, ThreadCount, ThreadQueries } from "../store/queries/threads.ts";
import { comparePlaces } from "../store/queries/timeline.ts";
import { bundledThread, type BundledThread } from "./bundle.ts";
import type { LocalRow } from "./local-item.ts";

// What is known of a thread: from the replies stored here, and from what the server said in its root.

/** Compared by identity: made anew only when a reply came or went, or the root changed. */
export interface ThreadFacts {
  readonly count: number;
  readonly latest: EventId | null;
  readonly latestTs: number | null;
  readonly isOurs: boolean;
}

/** What holds for all threads of a room while its items are built. */
export interface ThreadsNow {
  readonly counts: ReadonlyMap<EventId, ThreadCount>;
  /** Replies of ours that are not in the timeline yet, by their root's event id or transaction id, oldest first. */
  readonly waiting: ReadonlyMap<string, readonly LocalRow[]>;
  /** The newest of a root's waiting replies, as a quote. */
  readonly quote: (row: LocalRow) => Quote | null;
}

/**
 * Replies in order. Those with a place stand in the order of their places; of the others only their time is known, and
 * they stand before the first that was sent after them.
 */
export function inThreadOrder<T extends ThreadChild>(children: readonly T[]): readonly T[] {
  const placed = children.filter(hasPlace).sort(comparePlaces);
  const others = children
    .filter((child) => !hasPlace(child))
    // The server gives them newest first, and so they were stored.
    .sort((a, b) => a.ts - b.ts || b.stored - a.stored);
  const ordered: T[] = [];
  let next = 0;
  for (const child of placed) {
    for (let other = others[next]; other !== undefined && other.ts <= child.ts; other = others[++next])
      ordered.push(other);
    ordered.push(child);
  }
  return ordered.concat(others.slice(next));
}

interface Placed {
  readonly segment: number;
  readonly position: number;
}
export const hasPlace = <T extends ThreadChild>(child: T): child is T & Placed =>
  child.segment !== null && child.position !== null;

/** Null where nothing was said about the event in a thread. */
export function loadThreadFacts(
  queries: ThreadQueries,
  roomId: RoomId,
  root: EventId,
  ownUserId: UserId,
): ThreadFacts | null {
  const children = inThreadOrder(queries.children.all({ roomId, root }));
  const bundle = bundleOf(queries, roomId, root);
  if (bundle === null) return threadFacts(children, null, ownUserId);
  // The server may count those of people who are ignored.
  const hidden = queries.hiddenChildren.get({ roomId, root })?.count ?? 0;
  return threadFacts(children, { ...bundle, count: Math.max(0, bundle.count - hidden) }, ownUserId);
}

export function threadFacts(
  ordered: readonly ThreadChild[],
  bundle: BundledThread | null,
  ownUserId: UserId,
): ThreadFacts | null {
  const since = bundle?.latestTs ?? null;
  const added = since === null ? 0 : ordered.filter(({ ts }) => ts > since).length;
  const count = Math.max(ordered.length, (bundle?.count ?? 0) + added);
  if (count === 0) return null;
  const latest = ordered.at(-1);
  return {
    count,
    latest: latest?.eventId ?? null,
    latestTs: latest?.ts ?? since,
    isOurs: bundle?.isOurs === true || ordered.some(({ sender }) => sender === ownUserId),
  };
}

function bundleOf(queries: ThreadQueries, roomId: RoomId, root: EventId): BundledThread | null {
  const raw = queries.rawOf.get({ roomId, eventId: root })?.raw;
  // Most roots of threads that are known here tell nothing of them.
  if (raw === undefined || !raw.includes('"m.thread"')) return null;
  const event: unknown = JSON.parse(raw);
  return isObject(event) ? bundledThread(event) : null;
}

/** What the root shows; null where there is no thread. */
export function threadSummary(
  facts: ThreadFacts | null,
  eventId: EventId | null,
  transactionId: string | null,
  now: ThreadsNow,
  quote: (eventId: EventId) => Quote,
): ThreadSummary | null {
  const waiting =
    (eventId === null ? undefined : now.waiting.get(eventId)) ??
    (transactionId === null ? undefined : now.waiting.get(transactionId)) ??
    [];
  if (facts === null && waiting.length === 0) return null;
  const own = waiting.at(-1);
  const count = eventId === null ? undefined : now.counts.get(eventId);
  const latest = facts?.latest ?? null;
  return {
    count: (facts?.count ?? 0) + waiting.length,
    latest: own !== undefined ? now.quote(own) : latest === null ? null : quote(latest),
    latestTs: own?.queuedAt ?? facts?.latestTs ?? null,
    unread: count?.unread ?? 0,
    highlight: count?.highlight ?? 0,
    isOurs: facts?.isOurs === true || own !== undefined,
    unsent: waiting.filter(({ send }) => send.state === "unsent").length,
  };
}

/** Replies of ours that wait, by root. */
export function waitingInThreads(local: readonly LocalRow[]): ReadonlyMap<string, readonly LocalRow[]> {
  const byRoot = new Map<string, LocalRow[]>();
  for (const row of local) {
    if (row.thread === undefined || row.thread === null) continue;
    for (const key of new Set([row.thread.eventId, row.thread.transactionId])) {
      if (key === null) continue;
      const rows = byRoot.get(key) ?? [];
      byRoot.set(key, rows);
      rows.push(row);
    }
  }
  return byRoot;
}

/** Stands in a thread of its own timeline, not in the room's. */
export const isInThread = (row: {
  readonly relType: string | null;
  readonly stateKey: string | null;
}): boolean => row.relType === "m.thread" && row.stateKey === null;
