import { createContext } from "svelte";
import type { TransactionId, UserId } from "../../preload/contract/ids.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { EventItem, MessageItem, Quote, Reaction } from "../../preload/contract/models/timeline.ts";
import type { RoomView } from "../../preload/contract/models/room.ts";
import type { HiddenPreviews } from "../state/hidden-previews.svelte.ts";
import type { LinkPreviews } from "../state/link-previews.svelte.ts";
import type { MediaBody } from "./media-body.ts";
import type { RunRow } from "./rows.ts";
import type { Saves } from "./saves.svelte.ts";

/** What a row can ask of the timeline it stands in. */
export interface RowActions {
  readonly resourceUrl: (path: string | null) => string | null;
  readonly openLink: (url: string) => void;
  readonly openImage: (item: MessageItem) => void;
  /** Files being saved where the user says. */
  readonly saves: Saves;
  /** Puts a picture on the clipboard. Answers what went wrong, in words, or null. */
  readonly copyImage: (body: MediaBody) => Promise<string | null>;
  /** What stands behind links, where the settings want that. */
  readonly linkPreviews: LinkPreviews;
  /** Messages without, although they are wanted. */
  readonly hiddenPreviews: HiddenPreviews;
  readonly showsLinkPreviews: () => boolean;
  /** Why a picture is not shown, by its path; null when nobody knows. */
  readonly whyNotShown: (path: string) => Promise<Failure | null>;
  readonly viewSource: (item: EventItem) => void;
  readonly copyText: (item: MessageItem) => void;
  readonly toggleRun: (run: RunRow) => void;
  /** Asks again for what was missed between two messages. */
  readonly loadMissed: () => void;
  /** Answers what went wrong, in words, or null. */
  readonly retry: (item: MessageItem) => Promise<string | null>;
  readonly edit: (item: MessageItem) => void;
  /** Answers what went wrong, in words, or null. */
  readonly remove: (item: MessageItem) => Promise<string | null>;
  /** Our choice in a poll. Answers what went wrong, in words, or null; so does the next. */
  readonly vote: (item: MessageItem, answerIds: readonly string[]) => Promise<string | null>;
  readonly endPoll: (item: MessageItem) => Promise<string | null>;
  readonly room: () => RoomView | null;
  /** It is the timeline of a thread. */
  readonly isThread: boolean;
  /** Shows the thread that a message began, or begins one. */
  readonly openThread: (item: MessageItem) => void;
  /** Somebody's card. */
  readonly showPerson: (userId: UserId) => void;
  /** One may write here, and so react, answer and edit. */
  readonly mayWrite: () => boolean;
  readonly reply: (item: MessageItem) => void;
  /** New words for a message that was sent. */
  readonly change: (item: MessageItem) => void;
  readonly toggleReaction: (item: MessageItem, reaction: Reaction) => void;
  readonly openReact: (item: MessageItem, anchor: HTMLElement) => void;
  readonly openMore: (item: EventItem, anchor: HTMLElement) => void;
  readonly showReactions: (item: MessageItem) => void;
  readonly showHistory: (item: MessageItem) => void;
  readonly jumpTo: (quote: Quote) => void;
  /** For an edit or a deletion that did not go; both answer what went wrong, in words, or null. */
  readonly retryAct: (transactionId: TransactionId) => Promise<string | null>;
  readonly dropAct: (transactionId: TransactionId) => Promise<string | null>;
}

export const [useRowActions, provideRowActions] = createContext<RowActions>();
