import type { EventId, RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import type { ServerEvent } from "./queue.model-server.ts";

// What the user of the queue's model has written, and whether it became what was meant. Test support.

type How = "reply" | "edit" | "redact" | "react" | "thread";

/** A message as the user knows it. */
export interface Typed {
  readonly seq: number;
  readonly roomId: RoomId;
  readonly transactionId: TransactionId;
  /** What it speaks of, and how; of a message in a thread the root, and what it answers there. */
  readonly of: { readonly message: Typed; readonly how: How; readonly answers: Typed | null } | null;
  body: string;
  /** Earlier wordings, and whether the server may have them. */
  readonly old: { readonly body: string; readonly mayHaveArrived: boolean }[];
  isRemoved: boolean;
  /** When removed: whether the server may have it. */
  mayHaveArrived: boolean;
  /** Refused for good, or unreadable: later ones went on (SEND-12). */
  isOutOfOrder: boolean;
  isUnreadable: boolean;
  /** The user sent it again after being told that it may have arrived. */
  mayDouble: boolean;
}

export const wordings = ({ body, old }: Typed): readonly string[] => [body, ...old.map((one) => one.body)];

/** It is so of this message, or of one that it depends on. */
export function isBeneath(message: Typed, what: "isUnreadable" | "isOutOfOrder"): boolean {
  const beneath = [message.of?.message ?? null, message.of?.answers ?? null];
  return message[what] || beneath.some((one) => one !== null && isBeneath(one, what));
}

/** What is wrong with the place in its thread of a message that arrived as the event at `at`; null when nothing is. */
export function threadComplaint(message: Typed, at: number, log: readonly ServerEvent[]): string | null {
  const { message: root, answers } = message.of!;
  const { thread, target } = log[at]!;
  const isOf = (id: EventId | null, meant: Typed | null): boolean =>
    meant !== null &&
    log.slice(0, at).some((event) => event.id === id && wordings(meant).includes(event.body));
  // Deleted before it went out: what is left of the thread are answers, and of those to the root the words.
  if (thread === null && !root.isRemoved) return `${message.body} left its thread`;
  if (thread !== null && !isOf(thread, root)) return `${message.body} is in another thread`;
  if (isOf(target, answers)) return null;
  if (answers !== null && !answers.isRemoved) return `${message.body} answers another message`;
  // For clients that know no threads: an answer to something of the thread.
  const isFallback = target === thread || log.some(({ id, thread: its }) => id === target && its === thread);
  return isFallback ? null : `${message.body} falls back to a message of elsewhere`;
}
