import type {
  DeviceId,
  EventId,
  MxcUri,
  RoomId,
  StagedId,
  TransactionId,
  UserId,
} from "../../../../preload/contract/ids.ts";
import type { Statement } from "../database.ts";
import type { Store } from "../store.ts";
import sendingSql from "./sending.sql?raw";
import settlingSql from "./settling.sql?raw";

/** A row of the send queue as stored. Booleans are 0 or 1. */
export interface OutgoingRow {
  readonly seq: number;
  readonly userId: UserId;
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  readonly eventType: string;
  /** JSON; may be unreadable when another version wrote it. */
  readonly content: string;
  readonly state: "queued" | "sent" | "parked";
  /** JSON UnsentReason, when parked. */
  readonly reason: string | null;
  readonly blocks: number;
  readonly eventId: EventId | null;
  readonly attempts: number;
  readonly mayHaveArrived: number;
  readonly attemptDeviceId: DeviceId | null;
  readonly attemptedAt: number | null;
  readonly attemptEpoch: string | null;
  readonly attemptSegment: number | null;
  readonly failingMs: number;
  readonly queuedAt: number;
  readonly waitingSince: number;
  /** `seq` of the row of the same lane whose event id the content still lacks; null when it lacks none. */
  readonly dependsOn: number | null;
}

/** A file that a row needs on the server before it can go. */
export interface UploadRow {
  readonly role: "file" | "thumbnail";
  readonly stagedId: StagedId;
}

export interface ReceiptRow {
  readonly roomId: RoomId;
  /** '' the whole room, 'main' its own timeline, else a thread's root. */
  readonly threadId: string;
  readonly eventId: EventId;
  readonly receiptType: string;
}

/** A draft as stored; mentions, what is answered and edits are JSON. */
export interface DraftRow {
  readonly body: string;
  readonly mentions: string | null;
  readonly replyTo: string | null;
  readonly edits: string | null;
}

/** What became of a transaction id that is no longer in the queue. */
export interface SettledRow {
  readonly userId: UserId;
  readonly roomId: RoomId;
  readonly outcome: "arrived" | "deleted" | "replaced";
  readonly queuedAt: number;
  /** When it arrived. */
  readonly eventId: EventId | null;
  /** The transaction id under which an edited message goes on. */
  readonly replacedBy: TransactionId | null;
}

/** An event of the cache, as far as settling is concerned. */
export interface KnownEvent {
  readonly eventId: EventId;
  readonly transactionId: TransactionId | null;
  readonly relType: string | null;
  /** It stands in the timeline. 0 or 1: it may be stored by itself, when somebody has looked at what is around it. */
  readonly hasPlace: number;
}

interface Lane {
  readonly userId: UserId;
  readonly roomId: RoomId;
}
interface Seq {
  readonly seq: number;
}

/** Statements of sending.sql, on kept.db. */
export interface QueueStatements {
  readonly insertRow: Statement<
    Lane & {
      transactionId: TransactionId;
      eventType: string;
      content: string;
      state: "queued" | "parked";
      reason: string | null;
      blocks: number;
      now: number;
      dependsOn: number | null;
    },
    never
  >;
  readonly insertUpload: Statement<UploadRow & { transactionId: TransactionId }, never>;
  readonly nextUpload: Statement<Seq, UploadRow>;
  readonly neededUploads: Statement<Seq, UploadRow>;
  readonly markUploaded: Statement<{ stagedId: StagedId; mxc: MxcUri }, Seq & Pick<UploadRow, "role">>;
  readonly laneUploads: Statement<Lane, UploadRow & Seq>;
  readonly rowBySeq: Statement<Seq, OutgoingRow>;
  readonly rowByTransaction: Statement<{ transactionId: TransactionId }, OutgoingRow>;
  readonly firstQueued: Statement<Lane, OutgoingRow>;
  readonly dependents: Statement<Seq, OutgoingRow>;
  readonly pointAt: Statement<Seq & { content: string; dependsOn: number | null }, never>;
  readonly laneRows: Statement<Lane, OutgoingRow>;
  readonly unsentRows: Statement<{ userId: UserId }, OutgoingRow>;
  readonly attemptedRows: Statement<{ roomId: RoomId }, OutgoingRow>;
  readonly attemptedRooms: Statement<object, { roomId: RoomId }>;
  readonly queuedRooms: Statement<{ userId: UserId }, { roomId: RoomId }>;
  readonly parkedRooms: Statement<{ userId: UserId }, { roomId: RoomId }>;
  readonly firstBlocker: Statement<Lane, { seq: number | null }>;
  readonly parkedCount: Statement<Lane, { count: number }>;
  readonly raiseAttempt: Statement<
    Seq & { deviceId: DeviceId; at: number; epoch: string | null; segment: number | null },
    never
  >;
  readonly recordFailure: Statement<Seq & { mayHaveArrived: number; failingMs: number }, never>;
  readonly markSent: Statement<Seq & { eventId: EventId }, never>;
  readonly park: Statement<Seq & { reason: string; blocks: number }, never>;
  readonly requeue: Statement<Seq & { now: number }, never>;
  readonly acceptRisk: Statement<Seq & { deviceId: DeviceId; now: number }, never>;
  readonly rewrite: Statement<Seq & { content: string }, never>;
  readonly replace: Statement<Seq & { content: string; transactionId: TransactionId }, never>;
  readonly deleteRow: Statement<Seq, never>;
  readonly insertSettled: Statement<
    Lane & {
      transactionId: TransactionId;
      outcome: SettledRow["outcome"];
      queuedAt: number;
      now: number;
      eventId: EventId | null;
      replacedBy: TransactionId | null;
    },
    never
  >;
  readonly settledByTransaction: Statement<{ transactionId: TransactionId }, SettledRow>;
  readonly pruneSettled: Statement<{ before: number }, never>;
  readonly saveReceipt: Statement<ReceiptRow & { userId: UserId }, never>;
  readonly pendingReceipts: Statement<{ userId: UserId }, ReceiptRow>;
  readonly pendingReceipt: Statement<Lane, { eventId: EventId }>;
  readonly deleteReceipt: Statement<ReceiptRow & { userId: UserId }, never>;
  readonly saveDraft: Statement<Lane & DraftRow & { now: number }, never>;
  readonly deleteDraft: Statement<Lane, never>;
  readonly draft: Statement<Lane, DraftRow>;
  readonly saveThreadDraft: Statement<Lane & DraftRow & { threadId: string; now: number }, never>;
  readonly deleteThreadDraft: Statement<Lane & { threadId: string }, never>;
  readonly threadDraft: Statement<Lane & { threadId: string }, DraftRow>;
}

/** Statements of settling.sql, on cache.db. */
export interface SettlingStatements {
  readonly eventById: Statement<{ eventId: EventId }, KnownEvent>;
  readonly eventByTransaction: Statement<Lane & { transactionId: TransactionId }, KnownEvent>;
  readonly nameTransaction: Statement<{ eventId: EventId; transactionId: TransactionId }, never>;
  readonly senderOf: Statement<{ roomId: RoomId; eventId: EventId }, { sender: UserId }>;
  readonly latestInThread: Statement<{ roomId: RoomId; root: EventId }, { eventId: EventId }>;
  readonly ownReactions: Statement<Lane & { target: EventId }, { eventId: EventId; raw: string }>;
  readonly ownEvent: Statement<Lane & { eventId: EventId }, { raw: string }>;
  readonly ownEdits: Statement<Lane & { target: EventId }, { raw: string }>;
  readonly newestSegment: Statement<{ roomId: RoomId }, { segment: number | null }>;
  readonly epoch: Statement<object, { value: string }>;
  readonly encryptedRoom: Statement<{ roomId: RoomId }, { found: 1 }>;
  readonly unknownRoom: Statement<{ roomId: RoomId }, { found: 1 }>;
}

const queueNames: readonly (keyof QueueStatements)[] = [
  ...["insertRow", "rowBySeq", "rowByTransaction", "firstQueued", "laneRows", "unsentRows"],
  ...["dependents", "pointAt", "insertUpload", "nextUpload", "markUploaded", "laneUploads", "neededUploads"],
  ...["attemptedRows", "attemptedRooms", "queuedRooms", "parkedRooms", "firstBlocker", "parkedCount"],
  ...[
    "raiseAttempt",
    "recordFailure",
    "markSent",
    "park",
    "requeue",
    "acceptRisk",
    "rewrite",
    "replace",
    "deleteRow",
  ],
  ...["insertSettled", "settledByTransaction", "pruneSettled"],
  ...[
    "saveReceipt",
    "pendingReceipts",
    "pendingReceipt",
    "deleteReceipt",
    "saveDraft",
    "deleteDraft",
    "draft",
    "saveThreadDraft",
    "deleteThreadDraft",
    "threadDraft",
  ],
] as (keyof QueueStatements)[];
const settlingNames: readonly (keyof SettlingStatements)[] = [
  "eventById",
  "eventByTransaction",
  "nameTransaction",
  "ownReactions",
  "ownEvent",
  "ownEdits",
  "latestInThread",
  "senderOf",
  "newestSegment",
  "epoch",
  "encryptedRoom",
  "unknownRoom",
];

/** Prepares the queue's statements, all of them at once. */
export function queueStatements(store: Pick<Store, "kept">): QueueStatements {
  return pick<QueueStatements>(store.kept.statements(sendingSql), queueNames);
}

/** Prepares what settling asks of the cache. */
export function settlingStatements(store: Pick<Store, "cache">): SettlingStatements {
  return pick<SettlingStatements>(store.cache.statements(settlingSql), settlingNames);
}

function pick<T>(find: (name: string) => unknown, names: readonly (keyof T & string)[]): T {
  return Object.fromEntries(names.map((name) => [name, find(name)])) as T;
}
