import type { EventId, RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import type { MessageTarget } from "../../../preload/contract/models/message-content.ts";
import type { Queued } from "../../../preload/contract/requests.ts";
import type { JsonObject } from "../event.ts";
import { enqueue, type Typed } from "./enqueue.ts";
import { parseContent } from "./parse-content.ts";
import type { Queue } from "./queue.ts";
import { demandPlace, nameOf, othersWords, repeated, waitingFor, type Place } from "./relate.ts";
import { mentioning, threadIn, threadRelation, UNSENT_ROOT, UNSENT_TARGET } from "./relation.ts";

export interface InThread extends Pick<Typed, "eventType" | "uploads" | "alongside"> {
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  /** The message that the thread is about. */
  readonly thread: MessageTarget;
  /** The message of the thread that this answers, or null. */
  readonly replyTo: MessageTarget | null;
  readonly content: JsonObject;
}

/**
 * Sends a message into a thread (spec: Threading). Clients that know no threads see an answer: to what was chosen, else
 * to the newest message of the thread. Neither the root nor what is answered needs to be sent yet.
 */
export function sendInThread(queue: Queue, act: InThread): Queued {
  const known = repeated(queue, act);
  if (known !== null) return known;
  const { roomId, thread, replyTo } = act;
  const root = demandPlace(queue, { roomId, target: thread });
  const answered = replyTo === null ? null : demandPlace(queue, { roomId, target: replyTo });
  const { relation, dependsOn } = relationTo(queue, roomId, root, answered);
  const answeredId = answered?.eventId ?? null;
  const author = answeredId === null ? null : othersWords(queue, roomId, answeredId);
  const mentions = author === null ? {} : { "m.mentions": mentioning(act.content, author) };
  const content = { ...act.content, ...mentions, "m.relates_to": relation };
  return enqueue(queue, { ...act, content, ...dependsOn });
}

type Dependence = ReturnType<typeof waitingFor>;

function relationTo(
  queue: Queue,
  roomId: RoomId,
  root: Place,
  answered: Place | null,
): { readonly relation: JsonObject; readonly dependsOn: Dependence } {
  if (answered?.row === undefined) {
    const fallback = root.eventId === null ? UNSENT_TARGET : latestIn(queue, roomId, root.eventId);
    const relation = threadRelation(nameOf(root), answered?.eventId ?? fallback, answered === null);
    return { relation, dependsOn: waitingFor(root) };
  }
  const dependsOn = waitingFor(answered);
  if (root.eventId !== null)
    return { relation: threadRelation(root.eventId, UNSENT_TARGET, false), dependsOn };
  // Both wait. A row waits for one other only; what is answered knows the root before it goes out itself.
  if (answered.row.seq === root.row.seq)
    return { relation: threadRelation(UNSENT_TARGET, UNSENT_TARGET, false), dependsOn };
  const content = parseContent(answered.row.eventType, answered.row.content);
  if (content !== null && threadIn(content) !== null)
    return { relation: threadRelation(UNSENT_ROOT, UNSENT_TARGET, false), dependsOn };
  return { relation: threadRelation(UNSENT_TARGET, UNSENT_TARGET, true), dependsOn: waitingFor(root) };
}

const latestIn = (queue: Queue, roomId: RoomId, root: EventId): EventId =>
  queue.known.latestInThread.get({ roomId, root })?.eventId ?? root;
