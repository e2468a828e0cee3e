import { MAX_EDITS, MAX_EDITS_LENGTH } from "../../preload/contract/draft-limit.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { DraftEdit } from "../../preload/contract/models/room.ts";

type Waiting = Omit<DraftEdit, "isOpen">;

/** One message, however it is named: what was sent from here goes by its transaction id before it has an event id. */
export const isSameMessage = (one: MessageTarget, other: MessageTarget): boolean =>
  (one.eventId !== null && one.eventId === other.eventId) ||
  (one.transactionId !== null && one.transactionId === other.transactionId);

/** Changed words of messages whose edit was left before it was saved: they wait for their message to be gone on with. */
export class Halfway {
  #edits: readonly Waiting[] = [];

  leave({ eventId, transactionId }: MessageTarget, body: string): void {
    this.#edits = [...this.#without({ eventId, transactionId }), { eventId, transactionId, body }];
  }

  /** The words of this message, which wait no longer; null where there are none. */
  take(message: MessageTarget): string | null {
    const found = this.#edits.find((one) => isSameMessage(one, message));
    this.#edits = this.#without(message);
    return found?.body ?? null;
  }

  /** What went out waits no longer, unless there are other words by now. */
  arrived(message: MessageTarget, body: string): void {
    if (this.#edits.some((one) => isSameMessage(one, message) && one.body === body)) this.take(message);
  }

  /** What was stored. Words that wait here already are newer. */
  restore(stored: readonly DraftEdit[]): void {
    const unknown = stored.filter((one) => !this.#edits.some((known) => isSameMessage(known, one)));
    this.#edits = [
      ...unknown.map(({ eventId, transactionId, body }) => ({ eventId, transactionId, body })),
      ...this.#edits,
    ];
  }

  /** What is to be stored, with the words in the field or about to come back there: the last ones, as many as are kept. */
  kept(open: Waiting | null): readonly DraftEdit[] {
    const all: readonly DraftEdit[] = [
      ...(open === null ? this.#edits : this.#without(open)).map((one) => ({ ...one, isOpen: false })),
      ...(open === null ? [] : [{ ...open, isOpen: true }]),
    ];
    let length = 0;
    const isTooMuch = ({ body }: DraftEdit): boolean => (length += body.length) > MAX_EDITS_LENGTH;
    return all.slice(all.findLastIndex(isTooMuch) + 1).slice(-MAX_EDITS);
  }

  #without(message: MessageTarget): readonly Waiting[] {
    return this.#edits.filter((one) => !isSameMessage(one, message));
  }
}
