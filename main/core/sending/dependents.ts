import type { EventId } from "../../../preload/contract/ids.ts";
import type { JsonObject } from "../event.ts";
import type { OutgoingRow, SettledRow } from "../store/queries/sending.ts";
import { parseContent } from "./parse-content.ts";
import type { Park } from "./decide.ts";
import { behindJson, parkBehind, parkRow, type Queue } from "./queue.ts";
import { goesWithTarget, pointedAt, threadIn, UNSENT_ROOT, withoutTarget } from "./relation.ts";

// Rows that depend on a row before them in their lane. Invariant: a queued row that depends on another has that one
// queued before it; a parked one's dependents are parked. All functions are for use inside a transaction on kept.db.

/** Everything that depends on the row, also over others, in the order of the lane. */
export function dependentsOf(queue: Queue, seq: number): OutgoingRow[] {
  const direct = queue.rows.dependents.all({ seq });
  return direct.flatMap((row) => [row, ...dependentsOf(queue, row.seq)]).sort((a, b) => a.seq - b.seq);
}

/** The row does not go out now: what speaks of it waits with it, and holds up nothing else. */
function parkDependents(queue: Queue, seq: number): void {
  for (const row of dependentsOf(queue, seq)) {
    if (row.state === "queued") queue.rows.park.run({ seq: row.seq, reason: behindJson, blocks: 0 });
  }
}

/** The row waits for the user, and what speaks of it waits with it. */
export function parkWithDependents(queue: Queue, row: OutgoingRow, decision: Park): void {
  parkRow(queue, row, decision);
  parkDependents(queue, row.seq);
}

/** The row goes out again: what was only parked with it goes after it, or waits behind it where the lane waits. */
export function requeueDependents(queue: Queue, seq: number): void {
  const now = queue.clock.now();
  for (const row of dependentsOf(queue, seq)) {
    if (!isParkedWithTarget(row)) continue;
    if (isLaneWaiting(queue, row)) parkBehind(queue, row.seq);
    else queue.rows.requeue.run({ seq: row.seq, now });
  }
}

/** The row has an event id: its dependents name it, and wait for nothing any more. */
export function pointDependents(queue: Queue, target: OutgoingRow, eventId: EventId): void {
  const named = parseContent(target.eventType, target.content);
  for (const row of queue.rows.dependents.all({ seq: target.seq })) {
    rewriteTarget(queue, row, (content) => pointedAt(content, eventId, named));
    if (!isParkedWithTarget(row)) continue;
    if (isLaneWaiting(queue, row)) parkBehind(queue, row.seq);
    else queue.rows.requeue.run({ seq: row.seq, now: queue.clock.now() });
    requeueDependents(queue, row.seq);
  }
}

/** The row is deleted: what says nothing without it goes as well, an answer keeps its words and its thread. */
export function dropDependents(
  queue: Queue,
  target: Pick<OutgoingRow, "seq" | "eventType" | "content" | "dependsOn">,
  remember: (row: OutgoingRow, outcome: SettledRow["outcome"]) => void,
): void {
  const named = parseContent(target.eventType, target.content);
  for (const row of queue.rows.dependents.all({ seq: target.seq })) {
    const content = parseContent(row.eventType, row.content);
    if (content === null || !goesWithTarget(row.eventType, content)) {
      // The root of its thread may wait as well: then it is that one it speaks of now.
      const isOfRoot =
        content !== null && threadIn(content)?.root === UNSENT_ROOT && target.dependsOn !== null;
      rewriteTarget(queue, row, (words) => withoutTarget(words, named), isOfRoot ? target.dependsOn : null);
      continue;
    }
    dropDependents(queue, row, remember);
    queue.rows.deleteRow.run({ seq: row.seq });
    remember(row, "deleted");
  }
}

/** What cannot be read stays as it is: it is parked, and nothing of the user's is thrown away. */
function rewriteTarget(
  queue: Queue,
  row: OutgoingRow,
  rewrite: (content: JsonObject) => JsonObject,
  dependsOn: number | null = null,
): void {
  const content = parseContent(row.eventType, row.content);
  const json = content === null ? row.content : JSON.stringify(rewrite(content));
  queue.rows.pointAt.run({ seq: row.seq, content: json, dependsOn });
}

const isParkedWithTarget = (row: OutgoingRow): boolean =>
  row.state === "parked" && row.blocks === 0 && row.reason === behindJson;

/** Something before it in the room waits for the user. */
function isLaneWaiting(queue: Queue, row: OutgoingRow): boolean {
  const first = queue.rows.firstBlocker.get({ userId: row.userId, roomId: row.roomId })?.seq ?? null;
  return first !== null && first < row.seq;
}
