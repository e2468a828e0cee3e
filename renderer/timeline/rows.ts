import type { RedactedItem, StateItem, TimelineItem } from "../../preload/contract/models/timeline.ts";

// Items to rows: pure, and incremental. A page of history put in above, one message put in below or one state of
// sending changed must not cost a walk that makes 20,000 objects, so whatever did not change is taken over as it is.

/** Messages of one sender within this many ms stand under one name and avatar (design.md, Timeline). */
export const GROUP_MS = 5 * 60_000;

interface RowBase {
  /** Unique in the list; for a single item its id, so that its element lives from the local to the remote echo. */
  readonly key: string;
  /** Measured height in px, or -1. The only mutable part: it rides along when a row is taken over. */
  height: number;
}
export interface ItemRow extends RowBase {
  readonly kind: "item";
  readonly item: TimelineItem;
  /** Stands under the name and avatar of the row before it. */
  readonly isFollower: boolean;
  /** Shown because the run it belongs to is unfolded. */
  readonly isInRun: boolean;
}
/** Several items in one line: people coming and going, deleted messages, or what made the room. */
export interface RunRow extends RowBase {
  readonly kind: "run";
  readonly run: "changes" | "redacted" | "setup";
  readonly items: readonly (StateItem | RedactedItem)[];
  readonly isOpen: boolean;
  readonly isInRun: false;
}
export type Row = ItemRow | RunRow;

export interface RowList {
  readonly items: readonly TimelineItem[];
  readonly rows: readonly Row[];
  /** For each row the index of its (first) item. */
  readonly starts: readonly number[];
  readonly unfolded: ReadonlySet<string>;
}

const nothingUnfolded: ReadonlySet<string> = new Set();
export const noRows: RowList = { items: [], rows: [], starts: [], unfolded: nothingUnfolded };

/** The ids of unfolded items after a click on the line of a run. */
export function toggled(unfolded: ReadonlySet<string>, run: RunRow): ReadonlySet<string> {
  const next = new Set(unfolded);
  for (const { id } of run.items) {
    if (run.isOpen) next.delete(id);
    else next.add(id);
  }
  return next;
}

/**
 * The rows of `items`. `before` is the last answer: its rows are reused wherever the items around them are the same
 * objects. `unfolded` holds ids of items whose run is shown in full.
 */
export function buildRows(
  items: readonly TimelineItem[],
  before: RowList = noRows,
  unfolded: ReadonlySet<string> = nothingUnfolded,
): RowList {
  if (items === before.items && unfolded === before.unfolded) return before;
  const isSameFolding = unfolded === before.unfolded;
  const head = isSameFolding ? reusableHead(items, before) : 0;
  const tail = isSameFolding ? sameTail(items, before.items) : 0;
  const rows = before.rows.slice(0, head);
  const starts = before.starts.slice(0, head);
  const heights = heightsOf(before, head, before.items.length - tail + 1);
  let at = head < before.rows.length ? (before.starts[head] ?? 0) : items.length;
  if (before.rows.length === 0) at = 0;
  const shift = items.length - before.items.length;
  // Rows that begin after the first item of the common tail know nothing of what came before it.
  const firstTail = items.length - tail + 1;
  while (at < items.length) {
    if (at >= firstTail) {
      const row = lowerBound(before.starts, at - shift);
      if (before.starts[row] === at - shift && before.rows[row]?.isInRun === false) {
        return {
          items,
          rows: rows.concat(before.rows.slice(row)),
          starts: starts.concat(before.starts.slice(row).map((start) => start + shift)),
          unfolded,
        };
      }
    }
    at = addBlock(items, at, rows, starts, heights, unfolded);
  }
  return { items, rows, starts, unfolded };
}

/** How many rows at the front stay: those whose items, and the item after them, are the same. */
function reusableHead(items: readonly TimelineItem[], before: RowList): number {
  const limit = Math.min(items.length, before.items.length);
  let same = 0;
  while (same < limit && items[same] === before.items[same]) same++;
  if (same === before.items.length && same === items.length) return before.rows.length;
  let head = lowerBound(before.starts, same);
  // The row before covers the last common item and may now reach further (a run) or be cut.
  if (head > 0) head--;
  while (head > 0 && before.starts[head] === before.starts[head - 1]) head--;
  while (head > 0 && before.rows[head]?.isInRun === true) head--;
  return head;
}

function sameTail(items: readonly TimelineItem[], before: readonly TimelineItem[]): number {
  const limit = Math.min(items.length, before.length);
  let same = 0;
  while (same < limit && items[items.length - 1 - same] === before[before.length - 1 - same]) same++;
  return same;
}

/** Measured heights of the rows from `head` on that are built anew: those of items before `end`. */
function heightsOf(before: RowList, head: number, end: number): Map<string, number> {
  const heights = new Map<string, number>();
  for (let i = head; i < before.rows.length && (before.starts[i] ?? 0) <= end; i++) {
    const row = before.rows[i];
    if (row !== undefined && row.height >= 0) heights.set(row.key, row.height);
  }
  return heights;
}

function addBlock(
  items: readonly TimelineItem[],
  at: number,
  rows: Row[],
  starts: number[],
  heights: ReadonlyMap<string, number>,
  unfolded: ReadonlySet<string>,
): number {
  const push = (row: Row, start: number) => {
    row.height = heights.get(row.key) ?? -1;
    rows.push(row);
    starts.push(start);
  };
  const item = items[at];
  if (item === undefined) return at + 1;
  const run = runOf(item);
  const end = run === null ? at + 1 : endOfRun(items, at, run);
  if (run !== null && end - at > 1) {
    const members = items.slice(at, end) as (StateItem | RedactedItem)[];
    const isOpen = members.some((member) => unfolded.has(member.id));
    push({ kind: "run", key: `run:${item.id}`, run, items: members, isOpen, isInRun: false, height: -1 }, at);
    if (isOpen) {
      members.forEach((member, i) => push(itemRow(member, undefined, true), at + i));
    }
    return end;
  }
  push(itemRow(item, items[at - 1], false), at);
  return end;
}

function itemRow(item: TimelineItem, previous: TimelineItem | undefined, isInRun: boolean): ItemRow {
  return { kind: "item", key: item.id, item, isFollower: follows(previous, item), isInRun, height: -1 };
}

function runOf(item: TimelineItem): RunRow["run"] | null {
  if (item.kind === "redacted") return "redacted";
  if (item.kind !== "state") return null;
  if (item.change.type === "created") return "setup";
  if (item.change.type === "profile") return "changes";
  if (item.change.type !== "membership") return null;
  // Who was thrown out, let in again or not let in at all is worth a line of its own, with the reason.
  return ["kicked", "banned", "unbanned", "knock-denied"].includes(item.change.change) ? null : "changes";
}

function endOfRun(items: readonly TimelineItem[], from: number, run: RunRow["run"]): number {
  let end = from + 1;
  if (run === "setup") {
    const creator = (items[from] as StateItem).sender.userId;
    while (isSetup(items[end], creator)) end++;
    return end;
  }
  for (let item = items[end]; item !== undefined && runOf(item) === run; item = items[end]) end++;
  return end;
}

/** What whoever creates a room does in the same breath; to read it line by line helps nobody. */
const setupChanges: ReadonlySet<StateItem["change"]["type"]> = new Set([
  "name",
  "topic",
  "avatar",
  "join-rules",
  "history-visibility",
  "guest-access",
  "power-levels",
  "encryption",
  "canonical-alias",
] as const);

function isSetup(item: TimelineItem | undefined, creator: string): boolean {
  if (item?.kind !== "state" || item.sender.userId !== creator) return false;
  const { change } = item;
  if (change.type === "membership") return change.change === "joined" || change.change === "invited";
  return setupChanges.has(change.type);
}

/** Does `item` stand under the name and avatar of `previous`? */
function follows(previous: TimelineItem | undefined, item: TimelineItem): boolean {
  if (previous === undefined || !isGrouped(previous) || !isGrouped(item)) return false;
  const a = previous.sender;
  const b = item.sender;
  // The name or the picture may have changed in between (DSP-02): then it must be seen.
  return (
    a.userId === b.userId &&
    a.name === b.name &&
    a.avatar === b.avatar &&
    Math.abs(item.ts - previous.ts) < GROUP_MS
  );
}

type GroupedItem = Extract<TimelineItem, { kind: "message" | "undecryptable" | "placeholder" }>;

function isGrouped(item: TimelineItem): item is GroupedItem {
  if (item.kind === "message") return item.body.type !== "emote";
  return item.kind === "undecryptable" || item.kind === "placeholder";
}

/** The first index whose value is not less than `value`, in an ascending list. */
function lowerBound(list: readonly number[], value: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
