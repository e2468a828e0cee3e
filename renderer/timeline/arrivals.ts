import type { EventId } from "../../preload/contract/ids.ts";
import type { MessageItem, TimelineItem } from "../../preload/contract/models/timeline.ts";

// What came below since the reader last saw the end.

/** Further than this nobody counts. */
const MOST = 999;

/** Messages of others after the item `seenId`, newest first; everything when it is gone, up to 999. */
export function arrivedAfter(items: readonly TimelineItem[], seenId: string | null): readonly MessageItem[] {
  const arrived: MessageItem[] = [];
  if (seenId === null) return arrived;
  for (let i = items.length - 1; i >= 0 && arrived.length < MOST; i--) {
    const item = items[i];
    if (item === undefined || item.id === seenId) break;
    if (item.kind === "message" && !item.sender.isOwn) arrived.push(item);
  }
  return arrived;
}

/** The last item that stays where it is: a gap goes when it closes. */
export const lastToStay = (items: readonly TimelineItem[]): string | null =>
  items.findLast(({ kind }) => kind !== "gap")?.id ?? null;

/** The newest event of others: what "read up to here" names. What we wrote needs no receipt of ours (FBK-02). */
export function newestOfOthers(items: readonly TimelineItem[]): EventId | null {
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    if (item !== undefined && "eventId" in item && item.eventId !== null && !item.sender.isOwn)
      return item.eventId;
  }
  return null;
}

/** When others last edited something of this, ms since the epoch; 0 for never. */
export function newestEdit(items: readonly TimelineItem[]): number {
  let newest = 0;
  for (const item of items)
    if (item.kind === "message" && !item.sender.isOwn)
      newest = Math.max(newest, item.relations?.edit?.ts ?? 0);
  return newest;
}

/** Was a message just written here? Then its writer wants to see it. */
export function wroteSomething(items: readonly TimelineItem[], before: readonly TimelineItem[]): boolean {
  const last = items[items.length - 1];
  if (last === undefined || before.length === 0 || last === before[before.length - 1]) return false;
  if (last.kind !== "message" || last.send === null || last.send.state === "unsent") return false;
  // Only what came with this change: a state of sending that changes is no new message.
  for (let i = before.length - 1; i >= Math.max(0, before.length - 50); i--) {
    if (before[i]?.id === last.id) return false;
  }
  return true;
}
