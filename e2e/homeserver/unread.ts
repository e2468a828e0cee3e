import { lowerBound, objectOr } from "./json.ts";
import type { Room } from "./room.ts";
import type { User } from "./users.ts";
import { mentionedIn } from "./visibility.ts";

interface HighlightCache {
  scanned: number;
  indexes: number[];
}

/** Counts for /sync: `notification_count` includes the highlights. */
export interface UnreadCounts {
  notification_count: number;
  highlight_count: number;
}

/** Remembers per reader and room which messages highlight, so each is looked at once. */
export class UnreadCounter {
  readonly #highlights = new WeakMap<Room, Map<string, HighlightCache>>();

  /** Messages of others after the reader's receipt (or joining), and those naming the reader. */
  count(room: Room, user: User): UnreadCounts {
    const from = readUpTo(room, user.userId) + 1;
    const own = room.notifyingBy.get(user.userId) ?? [];
    const notifications = countFrom(room.notifying, from) - countFrom(own, from);
    if (notifications === 0) return { notification_count: 0, highlight_count: 0 };
    return {
      notification_count: notifications,
      highlight_count: this.#highlightsOf(room, user).filter(
        (index) => index >= from && room.timeline[index]?.redactedBy === null,
      ).length,
    };
  }

  #highlightsOf(room: Room, user: User): number[] {
    let byUser = this.#highlights.get(room);
    if (byUser === undefined) this.#highlights.set(room, (byUser = new Map<string, HighlightCache>()));
    // A new display name changes what highlights: look at everything again.
    const key = `${user.userId} ${user.displayName ?? ""}`;
    let cache = byUser.get(key);
    if (cache === undefined) byUser.set(key, (cache = { scanned: 0, indexes: [] }));
    const start = lowerBound(room.notifying, (index) => index >= (cache?.scanned ?? 0));
    for (const index of room.notifying.slice(start)) {
      const event = room.timeline[index];
      if (event !== undefined && event.raw.sender !== user.userId && names(event.raw.content, user)) {
        cache.indexes.push(index);
      }
    }
    cache.scanned = room.timeline.length;
    return cache.indexes;
  }
}

function names(content: Record<string, unknown>, user: User): boolean {
  const mentions = content["m.mentions"];
  if (mentions !== undefined) {
    return objectOr(mentions)["room"] === true || mentionedIn(content).includes(user.userId);
  }
  const body = content["body"];
  const name = user.displayName ?? user.localpart;
  return typeof body === "string" && name !== "" && body.includes(name);
}

function countFrom(indexes: readonly number[], from: number): number {
  return indexes.length - lowerBound(indexes, (index) => index >= from);
}

/** Index of the last event the user has read: by receipt, else their own joining. */
function readUpTo(room: Room, userId: string): number {
  let last = -1;
  for (const type of ["m.read", "m.read.private"]) {
    for (const thread of ["", "main"]) {
      const receipt = room.receipts.get(`${type} ${thread} ${userId}`);
      const index = receipt === undefined ? -1 : (room.byId.get(receipt.eventId)?.index ?? -1);
      last = Math.max(last, index);
    }
  }
  return last >= 0 ? last : (firstJoin(room, userId) ?? -1);
}

export function firstJoin(room: Room, userId: string): number | undefined {
  const events = room.history.get("m.room.member")?.get(userId) ?? [];
  const since = events.findLastIndex((event) => event.raw.content["membership"] !== "join") + 1;
  return events[since]?.index;
}
