import type { EventId, RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import type { Failure } from "../../../preload/contract/models/failure.ts";
import type { MessageContent, MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { OutboxEntry } from "../../../preload/contract/models/timeline.ts";
import type { Queued } from "../../../preload/contract/requests.ts";
import type { Publish } from "../changes.ts";
import type { JsonObject } from "../event.ts";
import { toFailure, type Result } from "../failure.ts";
import type { Platform } from "../platform.ts";
import type { UploadRow } from "../store/queries/sending.ts";
import type { Store } from "../store/store.ts";
import type { Attempt } from "./attempt.ts";
import { createDrain, type PutFile } from "./drain.ts";
import { enqueue, queuedBefore, type Typed } from "./enqueue.ts";
import { demandSession, openQueue, type SendingSession } from "./queue.ts";
import {
  currentId,
  editMessage,
  placeOf,
  react,
  type Reacting,
  redactMessage,
  sendReply,
  unreact,
  type Act,
} from "./relate.ts";
import { attemptedRooms, settle, settleHidden } from "./settle.ts";
import { neededUploads } from "./uploads.ts";
import { sendInThread, type InThread } from "./thread.ts";
import { edit, remove, retry, retryAll } from "./user-actions.ts";
import { countUnsent, localRows, outboxEntries, type LocalRow } from "./view.ts";

export type { Attempt } from "./attempt.ts";
export type { SendingSession } from "./queue.ts";
export type { LocalRow } from "./view.ts";

/** A request repeated later than this is no longer recognised, ms. */
const REMEMBER_SETTLED_MS = 30 * 24 * 3_600_000;

interface RowId {
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
}

export interface SendingDeps {
  readonly platform: Pick<Platform, "clock" | "random" | "log">;
  readonly store: Pick<Store, "cache" | "kept">;
  readonly publish: Publish;
  /** Whose rows are shown and sent. Stays set while softly signed out: only `stop` and `start` turn sending off and on. */
  readonly session: () => SendingSession | null;
  /** One request (`sendEvent`); never retries, never throws. */
  readonly put: (attempt: Attempt, signal: AbortSignal) => Promise<Result<{ readonly eventId: EventId }>>;
  readonly putFile: PutFile;
  /** Rows have left the queue: the files they carried are no longer needed here. */
  readonly onLeft: () => void;
  readonly roomName: (roomId: RoomId) => string;
  /** The server does not accept the token; sending has stopped until the next `start`. */
  readonly onUnauthorized: (failure: Failure) => void;
  /** The disk does not take the queue's notes; sending pauses and tries again by itself. Null: it takes them again. */
  readonly onStorage: (failure: Failure | null) => void;
}

/** The send queue (architecture.md, section 4.B): no typed message is ever lost, doubled or put out of order. */
export interface Sending {
  /** Durable when it returns; throws FailureError when it could not be written. */
  enqueue(message: Typed | (RowId & { readonly content: MessageContent })): Queued;
  /**
   * What the user does to a message, also to one that is not sent yet. Durable and idempotent like `enqueue`; throws
   * FailureError also where there is no such message.
   */
  reply(
    act: Act & {
      readonly eventType?: string;
      readonly content: JsonObject | MessageContent;
      readonly uploads?: readonly UploadRow[];
    },
  ): Queued;
  sendInThread(act: Omit<InThread, "content"> & { readonly content: JsonObject | MessageContent }): Queued;
  /** The files that a waiting message still needs on the server, for a copy of it in another room. */
  neededUploads(row: RowId): readonly UploadRow[];
  /** When this transaction id was queued; null when it is new. */
  queuedBefore(row: RowId): Queued | null;
  editMessage(act: Act & { readonly content: MessageContent; readonly isCaption?: boolean }): Queued;
  redact(act: Act & { readonly reason: string | null }): Queued;
  react(act: Reacting): Queued;
  unreact(act: Act & { readonly key: string }): Queued;
  /** The event that a message is, or became under its transaction id; null while it is not sent. */
  eventOf(roomId: RoomId, target: MessageTarget): EventId | null;
  /** It is in the queue and has no event yet. */
  isWaiting(roomId: RoomId, target: MessageTarget): boolean;
  /** The transaction id it goes under now. */
  currentId(transactionId: TransactionId): TransactionId;
  /** The room's messages that are not in its timeline yet, in the order typed. */
  rows(roomId: RoomId): readonly LocalRow[];
  /** Sends this message and everything parked in its room, in order. */
  retry(row: RowId): void;
  retryAll(): void;
  remove(row: RowId): { readonly isDeleted: boolean };
  edit(row: RowId & { readonly content: MessageContent }): { readonly isEdited: boolean };
  /** After each committed slice of a sync or page of history, before it is published. */
  settle(roomIds: Iterable<RoomId>): void;
  /**
   * `network`: the system says that it is back, or the machine woke up. `synced`: a whole sync response has been
   * committed, its rooms settled; to be called for every one.
   */
  wake(reason: "network" | "synced"): void;
  /** With a session: begins or resumes sending. */
  start(): void;
  /** Resolves when nothing touches the store any more. */
  stop(): Promise<void>;
  unsentCount(roomId: RoomId): number;
  outbox(): readonly OutboxEntry[];
}

type Note = "sending" | "settling";

/** Which notes the disk refuses. The core hears of one trouble, and of its end when nothing is left of it. */
function createTrouble(tell: (failure: Failure | null) => void) {
  const failures = new Map<Note, Failure>();
  return {
    has: (note: Note): boolean => failures.has(note),
    set(note: Note, failure: Failure | null): void {
      if (failure !== null) failures.set(note, failure);
      else if (!failures.delete(note)) return;
      tell([...failures.values()].at(-1) ?? null);
    },
  };
}

/** Opens the queue and settles what a crash may have left between the two commits. Sends nothing before `start`. */
export function createSending(deps: SendingDeps): Sending {
  const { clock, random, log } = deps.platform;
  const queue = openQueue({ ...deps, clock, random });
  const trouble = createTrouble(deps.onStorage);
  const drain = createDrain({
    ...{ queue, clock, log },
    put: deps.put,
    putFile: deps.putFile,
    onUnauthorized: deps.onUnauthorized,
    onStorage: (failure) => trouble.set("sending", failure),
  });
  /** What cannot be written down now follows again from the cache at the next settling: sync goes on. */
  const guarded = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      const failure = toFailure(error);
      log("error", "settle-failed", { kind: failure.kind, message: failure.message });
      trouble.set("settling", failure);
    }
  };
  const settleRooms = (roomIds: readonly RoomId[]): void =>
    guarded(() => {
      // What the disk did not take the last time is owed by rooms that may bring nothing new.
      const rooms = trouble.has("settling") ? attemptedRooms(queue) : roomIds;
      const left = settle(queue, rooms);
      trouble.set("settling", null);
      if (left.length === 0) return;
      deps.onLeft();
      drain.settled(left);
      // What waited behind a message that has arrived after all may go.
      for (const roomId of rooms) drain.kick(roomId);
    });
  const queuedRooms = (): RoomId[] => {
    const userId = queue.session()?.userId;
    return userId === undefined ? [] : queue.rows.queuedRooms.all({ userId }).map(({ roomId }) => roomId);
  };
  const kicked = (roomId: RoomId, queued: Queued): Queued => {
    drain.kick(roomId);
    return queued;
  };
  const hurried = (roomId: RoomId, queued: Queued): Queued => {
    drain.hurry(roomId);
    return queued;
  };
  const dropped = (): void => {
    drain.dropped();
    deps.onLeft();
  };
  guarded(() => queue.rows.pruneSettled.run({ before: clock.now() - REMEMBER_SETTLED_MS }));
  settleRooms(attemptedRooms(queue));

  return {
    enqueue(message) {
      return kicked(message.roomId, enqueue(queue, { ...message, content: { ...message.content } }));
    },
    reply: (act) => kicked(act.roomId, sendReply(queue, { ...act, content: { ...act.content } })),
    sendInThread: (act) => kicked(act.roomId, sendInThread(queue, { ...act, content: { ...act.content } })),
    editMessage: (act) => hurried(act.roomId, editMessage(queue, { ...act, content: { ...act.content } })),
    redact(act) {
      const queued = redactMessage(queue, act);
      dropped();
      return hurried(act.roomId, queued);
    },
    neededUploads: ({ roomId, transactionId }) => neededUploads(queue, roomId, transactionId),
    queuedBefore({ roomId, transactionId }) {
      const { userId } = demandSession(queue);
      const queuedAt = queuedBefore(queue, { userId, roomId, transactionId });
      return queuedAt === null ? null : { queuedAt };
    },
    react: (act) => kicked(act.roomId, react(queue, act)),
    unreact: (act) => kicked(act.roomId, unreact(queue, act)),
    eventOf: (roomId, target) => placeOf(queue, roomId, target)?.eventId ?? null,
    isWaiting: (roomId, target) => placeOf(queue, roomId, target)?.eventId === null,
    currentId: (transactionId) => currentId(queue, transactionId),
    rows: (roomId) => localRows(queue, roomId),
    retry({ roomId, transactionId }) {
      if (retry(queue, roomId, transactionId)) drain.hurry(roomId);
    },
    retryAll() {
      for (const roomId of retryAll(queue)) drain.hurry(roomId);
    },
    remove({ roomId, transactionId }) {
      const isDeleted = remove(queue, roomId, transactionId);
      if (isDeleted) dropped();
      return { isDeleted };
    },
    edit({ roomId, transactionId, content }) {
      const isEdited = edit(queue, roomId, transactionId, { ...content });
      if (isEdited) drain.hurry(roomId);
      return { isEdited };
    },
    settle: (roomIds) => settleRooms([...roomIds]),
    wake(reason) {
      if (trouble.has("settling")) settleRooms([]);
      if (reason === "synced") guarded(() => void (settleHidden(queue).length > 0 && deps.onLeft()));
      drain.wake(reason);
      // Lanes that waited until it was known whether their room is encrypted.
      if (reason === "synced") guarded(() => queuedRooms().forEach((roomId) => drain.kick(roomId)));
    },
    start() {
      if (queue.session() === null) return;
      settleRooms(attemptedRooms(queue));
      drain.start(queuedRooms());
    },
    stop: () => drain.stop(),
    unsentCount: (roomId) => countUnsent(queue, roomId),
    outbox: () => outboxEntries(queue, deps.roomName),
  };
}
