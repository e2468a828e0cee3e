import type { EventId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type {
  DateItem,
  MessageBody,
  MessageItem,
  RedactedItem,
  Sender,
  SendState,
  StateChange,
  StateItem,
} from "../../../preload/contract/models/timeline.ts";

// Items for tests, as short as a test wants to write them.

export function sender(name: string, more: Partial<Sender> = {}): Sender {
  const userId = `@${name.toLowerCase()}:example.org` as UserId;
  return { userId, name, isAmbiguous: false, avatar: null, isOwn: false, ...more };
}

const event = (id: string, who: string, ts: number) => ({
  id,
  eventId: id as EventId,
  sender: sender(who),
  ts,
  readBy: [],
  readByCount: 0,
});

export function message(id: string, who = "Ana", ts = 0, body?: MessageBody): MessageItem {
  return {
    ...event(id, who, ts),
    kind: "message",
    body: body ?? { type: "text", text: `text of ${id}`, html: null },
    relations: null,
    isMention: false,
    externalUrl: null,
    send: null,
    transactionId: null,
  };
}

/** A message of ours, whatever its sender is called. */
export const own = (id: string): MessageItem => ({
  ...message(id),
  sender: { ...message(id).sender, isOwn: true },
});

/** A local echo: written here, not known to the server. */
export function echo(transactionId: string, text: string, send: SendState): MessageItem {
  return {
    ...message(transactionId, "Me", 0, { type: "text", text, html: null }),
    sender: sender("Me", { isOwn: true }),
    eventId: null,
    transactionId: transactionId as TransactionId,
    send,
  };
}

export function state(id: string, change: StateChange, who = "Ana", ts = 0): StateItem {
  return { ...event(id, who, ts), kind: "state", change };
}

export function joined(id: string, who: string): StateItem {
  const target = sender(who);
  return state(
    id,
    { type: "membership", change: "joined", target: target.userId, targetName: who, reason: null },
    who,
  );
}

export function redacted(id: string, who = "Ana"): RedactedItem {
  return { ...event(id, who, 0), kind: "redacted", redactedBy: null, reason: null };
}

export const date = (id: string, ts = 0): DateItem => ({ kind: "date", id, ts });
