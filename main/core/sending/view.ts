import type { EventId, RoomId, StagedId, TransactionId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { OutboxEntry, SendState } from "../../../preload/contract/models/timeline.ts";
import { isObject, objectOf, stringOf, type JsonObject } from "../event.ts";
import type { OutgoingRow, UploadRow } from "../store/queries/sending.ts";
import { parseContent } from "./parse-content.ts";
import { reasonOf, type Queue } from "./queue.ts";
import { answerIn, relationOf, threadIn, UNSENT_ROOT, UNSENT_TARGET } from "./relation.ts";

/** A message of ours that the timeline does not hold yet; shown below it, in the order typed (ECHO-13). */
export interface LocalRow {
  readonly transactionId: TransactionId;
  readonly eventType: string;
  /** As it will be sent. For an unreadable row, its stored text as the body: the user's words are never hidden. */
  readonly content: JsonObject;
  readonly send: SendState;
  /** Ms since the epoch. */
  readonly queuedAt: number;
  /** Known once the server has answered. */
  readonly eventId: EventId | null;
  /** What it does to another message; null for a message of its own. */
  readonly relation: LocalRelation | null;
  /** The files it carries, where they lie on this disk. */
  readonly staged?: { readonly file: StagedId; readonly thumbnail: StagedId | null };
  /** The root of the thread it stands in, by its event id, or by the transaction id it waits under; null for none. */
  readonly thread: MessageTarget | null;
}

/** The other message by its event id, or by the transaction id it waits under in the same room. */
export interface LocalRelation {
  readonly does: "react" | "edit" | "redact" | "reply";
  readonly eventId: EventId | null;
  readonly transactionId: TransactionId | null;
  /** Of a reaction. */
  readonly key: string | null;
}

/** The room's rows in the order typed. */
export function localRows(queue: Queue, roomId: RoomId): readonly LocalRow[] {
  const userId = queue.session()?.userId;
  if (userId === undefined) return [];
  const rows = queue.rows.laneRows.all({ userId, roomId });
  const bySeq = new Map(rows.map((row) => [row.seq, row]));
  const files = stagedFiles(queue.rows.laneUploads.all({ userId, roomId }));
  return rows.map((row) => ({
    transactionId: row.transactionId,
    eventType: row.eventType,
    content: contentOf(row),
    send: sendState(queue, row),
    queuedAt: row.queuedAt,
    eventId: row.eventId,
    relation: localRelation(row, targetRow(row, bySeq)?.transactionId ?? null),
    thread: threadOf(row, bySeq),
    ...files.get(row.seq),
  }));
}

function stagedFiles(uploads: readonly (UploadRow & { readonly seq: number })[]) {
  const idOf = (seq: number, role: UploadRow["role"]): StagedId | null =>
    uploads.find((one) => one.seq === seq && one.role === role)?.stagedId ?? null;
  const found = new Map<number, Pick<LocalRow, "staged">>();
  for (const { seq, role, stagedId: file } of uploads)
    if (role === "file") found.set(seq, { staged: { file, thumbnail: idOf(seq, "thumbnail") } });
  return found;
}

type BySeq = ReadonlyMap<number, OutgoingRow>;
const targetRow = (row: OutgoingRow, bySeq: BySeq): OutgoingRow | undefined =>
  row.dependsOn === null ? undefined : bySeq.get(row.dependsOn);

function threadOf(row: OutgoingRow, bySeq: BySeq): MessageTarget | null {
  const content = parseContent(row.eventType, row.content);
  const root = content === null ? null : (threadIn(content)?.root ?? null);
  if (root === null) return null;
  const target = targetRow(row, bySeq);
  // It answers a message of the thread that waits: the same thread.
  if (root === UNSENT_ROOT) return target === undefined ? null : threadOf(target, bySeq);
  if (root !== UNSENT_TARGET) return { eventId: root, transactionId: null };
  return target === undefined ? null : { eventId: target.eventId, transactionId: target.transactionId };
}

/** Everything the server has not answered for, in all rooms, oldest first. */
export function outboxEntries(queue: Queue, roomName: (roomId: RoomId) => string): readonly OutboxEntry[] {
  const userId = queue.session()?.userId;
  if (userId === undefined) return [];
  return queue.rows.unsentRows.all({ userId }).map((row) => ({
    transactionId: row.transactionId,
    roomId: row.roomId,
    roomName: roomName(row.roomId),
    text: actText(row) ?? wordsOf(contentOf(row)),
    queuedAt: row.queuedAt,
    send: sendState(queue, row),
  }));
}

/** The new words of an edit, the key of a reaction or what its picture is called, the reason of a deletion; null for a message. */
function actText(row: OutgoingRow): string | null {
  const content = contentOf(row);
  const relation = relationOf(row.eventType, content);
  switch (relation?.does) {
    case "react":
      return stringOf(content, "shortcode") ?? relation.key;
    case "edit":
      return stringOf(objectOf(content, "m.new_content"), "body");
    case "redact":
      return stringOf(content, "reason");
    default:
      return null;
  }
}

/** How many messages of the room wait for the user. */
export function countUnsent(queue: Queue, roomId: RoomId): number {
  const userId = queue.session()?.userId;
  return userId === undefined ? 0 : (queue.rows.parkedCount.get({ userId, roomId })?.count ?? 0);
}

function localRelation(row: OutgoingRow, transactionId: TransactionId | null): LocalRelation | null {
  const content = parseContent(row.eventType, row.content);
  const found = content === null ? null : (relationOf(row.eventType, content) ?? answerIn(content));
  if (found === null) return null;
  const eventId = found.target === UNSENT_TARGET ? null : found.target;
  return { does: found.does, eventId, transactionId, key: found.does === "react" ? found.key : null };
}

/** What the user wrote: a message's body, or what a poll says to those who know none. */
function wordsOf(content: JsonObject): string {
  const [first] = Array.isArray(content["m.text"]) ? (content["m.text"] as readonly unknown[]) : [];
  return stringOf(content, "body") ?? (isObject(first) ? stringOf(first, "body") : null) ?? "";
}

const contentOf = (row: OutgoingRow): JsonObject =>
  parseContent(row.eventType, row.content) ?? { msgtype: "m.text", body: row.content };

function sendState(queue: Queue, row: OutgoingRow): SendState {
  const flight = queue.inFlight.get(row.seq);
  if (flight !== undefined) {
    const { since, progress } = flight;
    return { state: "sending", since, ...(progress === undefined ? {} : { progress }) };
  }
  switch (row.state) {
    case "queued":
      return { state: "queued", since: row.queuedAt };
    case "sent":
      return { state: "sent" };
    case "parked":
      return { state: "unsent", reason: reasonOf(row) };
  }
}
