import type { TransactionId } from "../../preload/contract/ids.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { MessageContent, MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { RoomAction } from "./commands.ts";

/** What the field needs of the core. */
export interface Outlet {
  send(transactionId: TransactionId, content: MessageContent, replyTo?: MessageTarget): Promise<unknown>;
  /** Sends words as a file of them; durable, and the same again, as a message is. */
  sendFile(transactionId: TransactionId, words: string, replyTo?: MessageTarget): Promise<unknown>;
  /** New words for a message that has been sent, or is about to be. */
  change(
    transactionId: TransactionId,
    target: MessageTarget,
    content: MessageContent,
    isCaption: boolean,
  ): Promise<unknown>;
  /** False when it was too late. */
  edit(transactionId: TransactionId, content: MessageContent): Promise<boolean>;
  retry(transactionId: TransactionId): Promise<void>;
  /** Does what a command says; resolves when it is done. */
  act(action: RoomAction): Promise<unknown>;
  /** `@room` notifies everybody here. */
  canMentionRoom(): boolean;
  failureOf(error: unknown): Failure;
  /**
   * What is to be kept as the draft. `beside` names what is kept with the text, '' for nothing. At once where something
   * was sent: it must not come back after a crash.
   */
  draft(text: string, beside: string, isUrgent: boolean): void;
  newTransactionId(): TransactionId;
}

/** The message that is answered, as far as the field shows it. */
export interface Answered extends MessageTarget {
  /** Display name, or null when it is not known. */
  readonly name: string | null;
  readonly text: string;
}

/** What a message is told apart by; '' for none. */
export const nameOf = (target: MessageTarget | null): string =>
  target?.eventId ?? target?.transactionId ?? "";

export const targetOf = (item: MessageTarget | null): MessageTarget | undefined =>
  item === null ? undefined : { eventId: item.eventId, transactionId: item.transactionId };
