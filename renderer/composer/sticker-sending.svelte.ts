import type { TransactionId } from "../../preload/contract/ids.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import { failureOf } from "../state/failure-of.ts";
import type { RoomState } from "../state/room.svelte.ts";
import type { TimelineState } from "../state/timeline.svelte.ts";
import { relationStrings } from "../text/relation-strings.ts";
import { failureSentence } from "../text/strings.ts";

/** Sends stickers and takes one's own out of the pack, and says why that failed. */
export class StickerSending {
  problem = $state.raw<string | null>(null);
  readonly #timeline: Pick<TimelineState, "sendSticker">;
  readonly #room: Pick<RoomState, "dropSticker">;

  constructor(timeline: Pick<TimelineState, "sendSticker">, room: Pick<RoomState, "dropSticker">) {
    this.#timeline = timeline;
    this.#room = room;
  }

  /** Whether it is on its way. */
  send(packId: string, shortcode: string, replyTo?: MessageTarget): Promise<boolean> {
    const transactionId = crypto.randomUUID() as TransactionId;
    return this.#tried(() => this.#timeline.sendSticker(transactionId, { packId, shortcode }, replyTo));
  }

  drop(shortcode: string): Promise<boolean> {
    return this.#tried(() => this.#room.dropSticker(shortcode));
  }

  async #tried(act: () => Promise<unknown>): Promise<boolean> {
    this.problem = null;
    try {
      await act();
      return true;
    } catch (error) {
      this.problem = relationStrings.stickers.failed(failureSentence(failureOf(error)));
      return false;
    }
  }
}
