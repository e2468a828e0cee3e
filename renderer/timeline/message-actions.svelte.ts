import type { EventId, TransactionId } from "../../preload/contract/ids.ts";
import { matrixLink, matrixUri } from "../../preload/contract/matrix-link.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { EventItem, MessageItem, Quote, Reaction } from "../../preload/contract/models/timeline.ts";
import { failureOf } from "../state/failure-of.ts";
import type { OpenRoom } from "../state/open-rooms.ts";
import { copyText } from "../text/copy-text.ts";
import { quoteLine } from "../text/quote-line.ts";
import { relationStrings } from "../text/relation-strings.ts";
import { failureSentence } from "../text/strings.ts";
import { strings } from "../text/timeline-strings.ts";
import type { RowActions } from "./row-actions.ts";

/** What is open over the log about one message. `anchor`: where it hangs. */
export type Opened =
  | { readonly what: "react" | "more"; readonly item: EventItem; readonly anchor: HTMLElement }
  | { readonly what: "history" | "reactions" | "delete" | "report"; readonly item: MessageItem };

export interface Ways {
  readonly onreply: (item: MessageItem) => void;
  readonly onedit: (item: MessageItem) => void;
  /** Brings the message into view, wherever in the history it is. */
  readonly jump: (target: MessageTarget) => void;
  /** What is new begins at this message, and is not read by being looked at. */
  readonly markUnread: (from: EventId) => Promise<void>;
}

/** The core takes either name; both are given where both are known. */
export const targetOf = ({ eventId, transactionId }: MessageItem): MessageTarget => ({
  eventId,
  transactionId,
});

export const newTransactionId = (): TransactionId => crypto.randomUUID() as TransactionId;

/** What can be done to the messages of one log, and what of it is open. */
export class MessageActions {
  opened = $state.raw<Opened | null>(null);
  /** What went wrong with the last act that has no place of its own to say so. */
  problem = $state.raw<string | null>(null);
  /** What an act has done, where nothing else shows it. */
  notice = $state.raw<string | null>(null);
  readonly #open: OpenRoom;
  readonly #ways: Ways;

  constructor(open: OpenRoom, ways: Ways) {
    this.#open = open;
    this.#ways = ways;
  }

  /** The row whose actions stay while something of it is open. */
  get heldKey(): string | null {
    return this.opened !== null && "anchor" in this.opened ? this.opened.item.id : null;
  }

  close(): void {
    this.opened = null;
  }

  reply(item: MessageItem): void {
    this.close();
    this.#ways.onreply(item);
  }

  edit(item: MessageItem): void {
    this.close();
    this.#ways.onedit(item);
  }

  /** `shortcode`: what the picture is called, where the key is one. */
  react(item: MessageItem, key: string, shortcode?: string): void {
    this.close();
    void this.#attempt(() => this.#open.timeline.react(newTransactionId(), targetOf(item), key, shortcode));
  }

  /** Does what itself says what went wrong, in words. */
  tell(act: () => Promise<string | null>): void {
    this.problem = null;
    void act().then((problem) => (this.problem = problem));
  }

  /** The address of a message, which every Matrix client opens (spec: matrix.to navigation, URIs). */
  copyLink(eventId: EventId, form: "https" | "matrix"): void {
    void this.#copy(async () => {
      const via = await this.#open.room.loadVia();
      const target = { id: this.#open.roomId, eventId, via };
      return (form === "matrix" ? matrixUri(target) : null) ?? matrixLink(target);
    });
  }

  keepSticker(eventId: EventId): void {
    void this.#attempt(() => this.#open.room.keepSticker(eventId)).then(() => {
      if (this.problem === null) this.notice = relationStrings.stickerKept;
    });
  }

  markUnread(from: EventId): void {
    void this.#attempt(() => this.#ways.markUnread(from));
  }

  isPinned({ eventId, transactionId }: MessageItem): boolean {
    const { view } = this.#open.room;
    if (eventId !== null) return view?.pinned.includes(eventId) === true;
    return transactionId !== null && view?.pinnedUnsent.includes(transactionId) === true;
  }

  /** Pins the message, or takes it down. */
  togglePin(item: MessageItem): void {
    void this.#attempt(() => this.#open.room.pin(targetOf(item), !this.isPinned(item)));
  }

  /** Answers what went wrong, in words, or null. */
  async remove(item: MessageItem, reason: string | null): Promise<string | null> {
    try {
      await this.#open.timeline.redact(newTransactionId(), targetOf(item), reason);
      this.close();
      return null;
    } catch (error) {
      return failureSentence(failureOf(error));
    }
  }

  /** The part of a row's actions that is about relations. */
  rowActions(): Pick<
    RowActions,
    | "mayWrite"
    | "reply"
    | "change"
    | "toggleReaction"
    | "openReact"
    | "openMore"
    | "showReactions"
    | "showHistory"
    | "jumpTo"
    | "retryAct"
    | "dropAct"
    | "copyText"
  > {
    const { timeline, room } = this.#open;
    return {
      mayWrite: () => room.view?.composerBlock === null,
      reply: (item) => this.reply(item),
      copyText: (item) => void this.#copy(() => Promise.resolve(item.body.text)),
      change: (item) => this.edit(item),
      toggleReaction: (item, reaction) => void this.#attempt(() => this.#toggle(item, reaction)),
      openReact: (item, anchor) => (this.opened = { what: "react", item, anchor }),
      openMore: (item, anchor) => (this.opened = { what: "more", item, anchor }),
      showReactions: (item) => (this.opened = { what: "reactions", item }),
      showHistory: (item) => (this.opened = { what: "history", item }),
      jumpTo: (quote: Quote) => this.#ways.jump(quote),
      retryAct: (transactionId) => this.#sentence(() => timeline.retry(transactionId)),
      dropAct: (transactionId) =>
        this.#sentence(async () => {
          const isDeleted = await timeline.deleteUnsent(transactionId);
          return isDeleted ? null : strings.tooLateToDelete;
        }),
    };
  }

  #toggle(item: MessageItem, { key, picture, isOwn }: Reaction): Promise<unknown> {
    const { timeline } = this.#open;
    const [id, target] = [newTransactionId(), targetOf(item)];
    if (isOwn) return timeline.unreact(id, target, key);
    return timeline.react(
      id,
      target,
      key,
      picture === null || picture.name === "" ? undefined : picture.name,
    );
  }

  /** What goes wrong is said below the log. */
  async #attempt(act: () => Promise<unknown>): Promise<void> {
    this.problem = null;
    this.notice = null;
    this.problem = await this.#sentence(() => act().then(() => null));
  }

  async #copy(load: () => Promise<string>): Promise<void> {
    this.problem = null;
    this.problem = await this.#sentence(async () => {
      return (await copyText(await load())) ? null : strings.notCopied;
    });
  }

  async #sentence(act: () => Promise<string | null | void>): Promise<string | null> {
    try {
      return (await act()) ?? null;
    } catch (error) {
      return failureSentence(failureOf(error));
    }
  }
}

const changeable = new Set(["text", "emote", "notice", "image", "video", "audio", "file"]);
/** Words of one's own can be changed, also those said of a file; the file itself cannot. */
export const isEditable = (item: EventItem): item is MessageItem =>
  item.kind === "message" && item.sender.isOwn && changeable.has(item.body.type);

/** Votes and what we do not know stay where they are. */
export const isForwardable = ({ body }: MessageItem): boolean =>
  body.type !== "poll" && body.type !== "other";

/** Who said it and what, in short. */
export function lineOf({ sender, body, eventId, transactionId }: MessageItem): {
  readonly who: string;
  readonly text: string;
} {
  return quoteLine({ eventId, transactionId, state: "shown", sender, kind: body.type, text: body.text });
}
