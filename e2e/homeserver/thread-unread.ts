import type { StoredEvent } from "./events.ts";
import { isObject } from "./json.ts";
import type { Room } from "./room.ts";
import type { UnreadCounts } from "./unread.ts";
import type { User } from "./users.ts";
import { mentionedIn } from "./visibility.ts";

/** Counts told apart by thread, as /sync gives them with `unread_thread_notifications`. */
export interface ThreadedCounts {
  main: UnreadCounts;
  threads: Record<string, UnreadCounts>;
}

const scans = new WeakMap<Room, { scanned: number; hasThreads: boolean }>();

/** The root of the thread a message stands in. */
export function threadOf(event: StoredEvent): string | undefined {
  const relates = event.raw.content["m.relates_to"];
  if (!isObject(relates) || relates["rel_type"] !== "m.thread") return undefined;
  return typeof relates["event_id"] === "string" ? relates["event_id"] : undefined;
}

/** Each event of a room is looked at once. */
export function hasThreads(room: Room): boolean {
  const scan = scans.get(room) ?? { scanned: 0, hasThreads: false };
  scans.set(room, scan);
  for (; scan.scanned < room.timeline.length; scan.scanned += 1)
    if (threadOf(room.timeline[scan.scanned] as StoredEvent) !== undefined) scan.hasThreads = true;
  return scan.hasThreads;
}

export function threadedCounts(room: Room, user: User, joinedAt: number): ThreadedCounts {
  const counts: ThreadedCounts = { main: { notification_count: 0, highlight_count: 0 }, threads: {} };
  const whole = Math.max(readUpTo(room, user.userId, ""), joinedAt);
  for (const index of room.notifying) {
    const event = room.timeline[index];
    if (event === undefined || index <= whole || event.raw.sender === user.userId) continue;
    if (event.redactedBy !== null) continue;
    const root = threadOf(event);
    if (index <= readUpTo(room, user.userId, root ?? "main")) continue;
    const count =
      root === undefined
        ? counts.main
        : (counts.threads[root] ??= { notification_count: 0, highlight_count: 0 });
    count.notification_count += 1;
    if (mentionedIn(event.raw.content).includes(user.userId)) count.highlight_count += 1;
  }
  return counts;
}

function readUpTo(room: Room, userId: string, threadId: string): number {
  return Math.max(
    ...["m.read", "m.read.private"].map((type) => {
      const receipt = room.receipts.get(`${type} ${threadId} ${userId}`);
      return receipt === undefined ? -1 : (room.byId.get(receipt.eventId)?.index ?? -1);
    }),
  );
}
